import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { codeOf } from '../connection';
import { CommandError, EXIT } from '../exit-codes';
import type { CommandContext } from './context';

export interface ExportRulesOptions {
  format: 'prometheus' | 'crd';
  namespace?: string;
  group?: string;
  owner?: string;
  cluster?: string;
  outputDir?: string;
  output?: string;
}

interface RuleGroup {
  namespace: string;
}

/** `rules export`: one text, or a file per namespace. */
export async function exportRules(context: CommandContext, options: ExportRulesOptions): Promise<number> {
  const { outputDir, output, ...asked } = options;
  if (outputDir !== undefined && output !== undefined) {
    throw new CommandError(EXIT.usage, 'give --output or --output-dir, not both', null);
  }
  if (outputDir !== undefined) return exportFolder(context, asked, outputDir);
  const text = await context.api().text('/rules/export', asked);
  if (output === undefined) context.terminal.text(text);
  else write(output, text);
  if (output !== undefined) context.terminal.note(`written: ${output}`);
  return EXIT.ok;
}

async function exportFolder(
  { api, terminal }: CommandContext,
  asked: Omit<ExportRulesOptions, 'outputDir' | 'output'>,
  folder: string,
): Promise<number> {
  const namespaces = new Set<string>();
  for await (const { namespace } of api().all<RuleGroup>('/rule-groups')) {
    if (asked.namespace === undefined || asked.namespace === namespace) namespaces.add(namespace);
  }
  const files: { namespace: string; path: string }[] = [];
  const progress = terminal.progress('exporting');
  try {
    for (const namespace of [...namespaces].sort()) {
      const text = await api().text('/rules/export', { ...asked, namespace });
      const path = join(folder, pathOf(namespace));
      write(path, text);
      files.push({ namespace, path });
      progress.at(files.length, namespaces.size);
    }
  } finally {
    progress.stop();
  }
  terminal.result(
    { files },
    files.map(({ path }) => path),
  );
  return EXIT.ok;
}

/** A namespace is text that somebody typed: none of its parts may lead out of the folder. */
export function pathOf(namespace: string): string {
  const parts = namespace.split('/').map((part) => part.replace(/[^\p{L}\p{N}._ -]/gu, '_').replace(/^\.+/, '_'));
  const path = parts.filter((part) => part !== '').join('/') || 'rules';
  return `${path}.yml`;
}

function write(path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  } catch (error) {
    throw new CommandError(
      EXIT.usage,
      `${path} can not be written (${codeOf(error)})`,
      'check the path and its rights',
    );
  }
}
