import { CommandError, EXIT } from '../exit-codes';
import { filesOfFolder, isFolder } from '../rule-files';
import type { CommandContext } from './context';
import { targetOf } from './import-rules';
import {
  countsLine,
  resultLines,
  runImport,
  type ImportOptions,
  type ImportResult,
  type ImportRun,
} from './import-run';

export interface ApplyFolderOptions {
  namespace?: string;
  owner?: string;
  target?: string[];
  dryRun?: boolean;
  check?: boolean;
  prune?: boolean;
  confirm?: number;
}

interface StoredRule {
  id: string;
  version: number;
  namespace?: string;
  group: string;
  name: string;
  owner?: string | null;
}

/** What a folder would change. `surplus` are the rules it governs and does not hold. */
interface Plan {
  run: ImportRun;
  results: ImportResult[];
  surplus: StoredRule[];
  governed: number;
}

/** This many may be deleted without being confirmed, as long as it is not a large part. */
const FEW = 10;
const LARGE_PART = 0.2;

/**
 * `rules apply`: makes AlertAgent hold what the folder holds. Nothing is changed before everything was checked, and
 * nothing at all when a rule of the folder is refused.
 */
export async function applyFolder(
  context: CommandContext,
  folder: string,
  options: ApplyFolderOptions,
): Promise<number> {
  const { terminal } = context;
  if (!isFolder(folder))
    throw new CommandError(EXIT.usage, `${folder} is no folder`, 'use rules import for a single file');
  const files = filesOfFolder(folder);
  const importOptions: ImportOptions = {
    ...(options.namespace === undefined ? {} : { namespace: options.namespace }),
    ...(options.owner === undefined ? {} : { owner: options.owner }),
    ...(options.target === undefined ? {} : { targets: options.target.map(targetOf) }),
  };
  const plan = await makePlan(context, { files }, importOptions);
  const deletions = options.prune ? plan.surplus : [];
  const isReadOnly = options.dryRun === true || options.check === true;
  if (isReadOnly || plan.run.counts.refused > 0) {
    terminal.result(planValue(plan, options), planLines(plan, options));
    if (plan.run.counts.refused > 0) {
      terminal.error(`${plan.run.counts.refused} rules are refused; nothing was changed`);
      return EXIT.findings;
    }
    return options.check && isChange(plan, deletions) ? EXIT.findings : EXIT.ok;
  }
  refuseUnconfirmed(plan, deletions, options.confirm);
  const { run, results } = await runImport(context, { files }, importOptions);
  await deleteRules(context, deletions);
  const applied = { ...plan, run, results };
  terminal.result(planValue(applied, options), planLines(applied, options));
  return run.counts.refused > 0 ? EXIT.findings : EXIT.ok;
}

async function makePlan(
  context: CommandContext,
  content: { files: { path: string; content: string }[] },
  options: ImportOptions,
): Promise<Plan> {
  const { run, results } = await runImport(context, content, { ...options, dry_run: true });
  const held = new Set(results.flatMap(({ rule_id }) => (rule_id ? [rule_id] : [])));
  const namespaces = new Set(results.map(({ namespace }) => namespace));
  const governed: StoredRule[] = [];
  for await (const rule of context.api().all<StoredRule>('/rules')) {
    if (governs(rule, namespaces, options)) governed.push(rule);
  }
  return { run, results, surplus: governed.filter(({ id }) => !held.has(id)), governed: governed.length };
}

/**
 * The folder is the truth for its own namespaces; with `--namespace`, for everything below that one, and with `--owner`
 * for everything of that team: so a file that was deleted is noticed too.
 */
function governs(rule: StoredRule, namespaces: ReadonlySet<string>, { namespace, owner }: ImportOptions): boolean {
  const own = rule.namespace ?? '';
  if (owner !== undefined && (rule.owner ?? null) !== owner) return false;
  if (namespace !== undefined) return own === namespace || own.startsWith(`${namespace}/`);
  return owner !== undefined || namespaces.has(own);
}

/** A mistaken folder must not empty AlertAgent. */
function refuseUnconfirmed({ governed }: Plan, deletions: readonly StoredRule[], confirmed: number | undefined): void {
  if (deletions.length === 0 || confirmed === deletions.length) return;
  const isLarge = deletions.length > FEW || deletions.length > governed * LARGE_PART;
  if (!isLarge && confirmed === undefined) return;
  throw new CommandError(
    EXIT.unconfirmed,
    `${deletions.length} of ${governed} rules would be deleted; nothing was changed`,
    `look at them with --dry-run, then add --confirm ${deletions.length}`,
  );
}

async function deleteRules({ api, terminal }: CommandContext, rules: readonly StoredRule[]): Promise<void> {
  const progress = terminal.progress('deleting');
  try {
    for (const [index, { id, version }] of rules.entries()) {
      await api().delete(`/rules/${id}`, version);
      progress.at(index + 1, rules.length);
    }
  } finally {
    progress.stop();
  }
}

const isChange = ({ run }: Plan, deletions: readonly StoredRule[]): boolean =>
  run.counts.created + run.counts.updated + deletions.length > 0;

const planValue = ({ run, results, surplus }: Plan, { prune, dryRun, check }: ApplyFolderOptions): unknown => ({
  applied: !dryRun && !check && run.counts.refused === 0,
  counts: run.counts,
  results,
  [prune ? 'deleted' : 'surplus']: surplus.map(({ id, version, namespace, group, name }) => ({
    id,
    version,
    namespace,
    group,
    name,
  })),
});

function planLines({ run, results, surplus }: Plan, { prune, dryRun, check }: ApplyFolderOptions): string[] {
  const gone = surplus.map(({ namespace, group, name }) => {
    return `${prune ? 'deleted  ' : 'surplus  '} ${[namespace ?? '', group, name].filter((part) => part !== '').join(' / ')}`;
  });
  const hint =
    !prune && surplus.length > 0 ? [`${surplus.length} rules are not in the folder; --prune deletes them`] : [];
  const what = dryRun || check ? 'plan' : 'applied';
  const deleted = prune ? `, ${surplus.length} deleted` : '';
  return [...resultLines(results), ...gone, ...hint, `${what}: ${countsLine(run)}${deleted}`];
}
