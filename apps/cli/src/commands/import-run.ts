import { setTimeout as wait } from 'node:timers/promises';
import { CommandError, EXIT } from '../exit-codes';
import { filesOfFolder, isArchive, isFolder, readBytes, readText, type RuleFile } from '../rule-files';
import type { CommandContext } from './context';

/** Options of an import as the API takes them. */
export interface ImportOptions {
  dry_run?: boolean;
  namespace?: string;
  owner?: string;
  targets?: (string | { labels: Record<string, string> })[];
  on_conflict?: 'update' | 'skip' | 'refuse';
}

export type Outcome = 'created' | 'updated' | 'unchanged' | 'skipped' | 'refused';

export interface ImportProblem {
  severity: 'error' | 'warning';
  message: string;
  pointer: string;
  line?: number | null;
  column?: number | null;
}

export interface ImportResult {
  outcome: Outcome;
  rule_id?: string | null;
  namespace: string;
  group: string;
  name: string;
  path?: string | null;
  line?: number | null;
  problems: ImportProblem[];
}

export interface ImportRun {
  id: string;
  state: string;
  total?: number | null;
  done: number;
  counts: Record<Outcome, number>;
  error?: string | null;
}

/** What an import is made of. */
export type ImportContent =
  | { yaml: string }
  | { files: RuleFile[] }
  | { source: { cluster?: string; url?: string } }
  | { archive: Buffer; isGzip: boolean };

const POLL_MS = 300;
const ENDED: ReadonlySet<string> = new Set(['done', 'cancelled', 'failed']);

/** What the paths of a command line hold. Throws a CommandError. */
export function contentOf(paths: readonly string[]): ImportContent {
  const [only] = paths;
  if (paths.length === 1 && only !== undefined) {
    if (only !== '-' && isFolder(only)) return { files: filesOfFolder(only) };
    if (isArchive(only)) return { archive: readBytes(only), isGzip: !only.endsWith('.tar') };
    return { yaml: readText(only) };
  }
  const files = paths.flatMap((path) => {
    if (path === '-' || isArchive(path)) {
      throw new CommandError(EXIT.usage, `${path} must be given alone`, 'import it with a command of its own');
    }
    return isFolder(path)
      ? filesOfFolder(path).map((file) => ({ ...file, path: `${path.replace(/\/+$/, '')}/${file.path}` }))
      : [{ path, content: readText(path) }];
  });
  return { files };
}

/** Sends it and waits until it is done. Throws a CommandError when it fails as a whole. */
export async function runImport(
  { api, terminal }: CommandContext,
  content: ImportContent,
  options: ImportOptions,
): Promise<{ run: ImportRun; results: ImportResult[] }> {
  const started =
    'archive' in content
      ? await api().upload<ImportRun>('/rules/import', uploadQuery(options), {
          contentType: content.isGzip ? 'application/gzip' : 'application/x-tar',
          body: new Uint8Array(content.archive),
        })
      : await api().post<ImportRun>('/rules/import', { ...options, ...content });
  const progress = terminal.progress(options.dry_run ? 'checking' : 'importing');
  let run = started;
  try {
    while (!ENDED.has(run.state)) {
      await wait(POLL_MS);
      run = await api().get<ImportRun>(`/rules/imports/${started.id}`);
      progress.at(run.done, run.total ?? null);
    }
  } finally {
    progress.stop();
  }
  if (run.state !== 'done') {
    throw new CommandError(
      EXIT.failed,
      `the import was ${run.state}: ${run.error ?? 'no reason was given'}`,
      'what was taken in before stays; the same command again goes on with the rest',
    );
  }
  const results: ImportResult[] = [];
  for await (const result of api().all<ImportResult>(`/rules/imports/${run.id}/results`)) results.push(result);
  return { run, results };
}

/** One line for each rule that something was done with or is to be said about. */
export function resultLines(results: readonly ImportResult[]): string[] {
  return results
    .filter(({ outcome, problems }) => outcome !== 'unchanged' || problems.length > 0)
    .flatMap((result) => [
      `${result.outcome.padEnd(9)} ${nameOf(result)}`,
      ...result.problems.map(({ severity, message, pointer, line }) => {
        const at = [result.path ?? '', line ?? ''].filter((part) => part !== '').join(':');
        return `          ${severity}: ${message} (${at || pointer || '/'})`;
      }),
    ]);
}

export const countsLine = ({ counts }: ImportRun): string =>
  Object.entries(counts)
    .map(([outcome, count]) => `${count} ${outcome}`)
    .join(', ');

const nameOf = ({ namespace, group, name, path }: ImportResult): string =>
  [namespace, group, name].filter((part) => part !== '').join(' / ') || path || 'the text';

function uploadQuery({ dry_run, targets, ...rest }: ImportOptions): Record<string, string | undefined> {
  if (targets?.some((target) => typeof target !== 'string')) {
    throw new CommandError(
      EXIT.usage,
      'an archive takes clusters as targets, not labels',
      'unpack it and give the folder',
    );
  }
  return { ...rest, dry_run: dry_run ? 'true' : undefined, targets: targets?.join(',') };
}
