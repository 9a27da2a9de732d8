import { CommandError, EXIT } from '../exit-codes';
import type { CommandContext } from './context';
import { contentOf, countsLine, resultLines, runImport, type ImportOptions } from './import-run';

export interface ImportRulesOptions {
  dryRun?: boolean;
  namespace?: string;
  owner?: string;
  target?: string[];
  onConflict?: 'update' | 'skip' | 'refuse';
  cluster?: string;
  sourceUrl?: string;
}

/** `rules import`: files, folders, an archive, or the rules of a live Prometheus. */
export async function importRules(
  context: CommandContext,
  paths: string[],
  options: ImportRulesOptions,
): Promise<number> {
  const { cluster, sourceUrl: url } = options;
  const isLive = cluster !== undefined || url !== undefined;
  if (isLive === paths.length > 0 || (cluster !== undefined && url !== undefined)) {
    throw new CommandError(EXIT.usage, 'give files or folders, or --cluster, or --source-url', null);
  }
  const content = isLive ? { source: { cluster, url } } : contentOf(paths);
  const { run, results } = await runImport(context, content, importOptions(options));
  const what = options.dryRun ? 'dry run, nothing was changed' : 'imported';
  context.terminal.result({ import: run, results }, [...resultLines(results), `${what}: ${countsLine(run)}`]);
  return run.counts.refused > 0 ? EXIT.findings : EXIT.ok;
}

function importOptions({ dryRun, namespace, owner, target, onConflict }: ImportRulesOptions): ImportOptions {
  return {
    ...(dryRun ? { dry_run: true } : {}),
    ...(namespace === undefined ? {} : { namespace }),
    ...(owner === undefined ? {} : { owner }),
    ...(target === undefined ? {} : { targets: target.map(targetOf) }),
    ...(onConflict === undefined ? {} : { on_conflict: onConflict }),
  };
}

/** `production` is a cluster, `environment=production,region=eu` are labels that clusters have. */
export function targetOf(text: string): string | { labels: Record<string, string> } {
  if (!text.includes('=')) return text;
  const pairs = text.split(',').map((pair) => pair.split('=', 2) as [string, string | undefined]);
  const broken = pairs.find(([name, value]) => !name || !value);
  if (broken)
    throw new CommandError(EXIT.usage, `"${text}" is no target`, 'write a cluster, or label=value,label=value');
  return { labels: Object.fromEntries(pairs) as Record<string, string> };
}
