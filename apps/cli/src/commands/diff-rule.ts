import { EXIT } from '../exit-codes';
import type { CommandContext } from './context';

export interface DiffRuleOptions {
  from?: number;
  to?: number;
  exitCode?: boolean;
}

interface RuleDiff {
  changes?: { path?: string; pointer?: string; before?: unknown; after?: unknown }[];
  [field: string]: unknown;
}

/** `rules diff`: what changed between two versions of a rule. */
export async function diffRule(
  { api, terminal }: CommandContext,
  id: string,
  options: DiffRuleOptions,
): Promise<number> {
  const diff = await api().get<RuleDiff>(`/rules/${encodeURIComponent(id)}/diff`, {
    from: options.from,
    to: options.to,
  });
  const changes = diff.changes ?? [];
  terminal.result(diff, [
    ...changes.flatMap(({ path, pointer, before, after }) => [
      path ?? pointer ?? '',
      ...(before === undefined || before === null ? [] : [`- ${textOf(before)}`]),
      ...(after === undefined || after === null ? [] : [`+ ${textOf(after)}`]),
    ]),
    ...(changes.length === 0 ? ['no difference'] : []),
  ]);
  return options.exitCode && changes.length > 0 ? EXIT.findings : EXIT.ok;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
