import { CommandError, EXIT } from '../exit-codes';
import { n8nOf, type N8nOptions } from '../n8n/connection';
import type { N8nApi, StoredWorkflow } from '../n8n/n8n-api';
import { differences, storedOf, valueNames, wantedBody } from '../n8n/wanted-workflow';
import { workflowFiles, type ShippedWorkflow } from '../n8n/workflow-files';
import type { CommandContext } from './context';

export interface N8nInstallOptions extends N8nOptions {
  /** `dify_url=http://dify:5001`, for the node Settings. */
  set?: string[];
  dryRun?: boolean;
}

interface Outcome {
  file: string;
  path: string;
  id: string | null;
  outcome: 'created' | 'updated' | 'activated' | 'unchanged' | 'failed';
  reason: string | null;
}

/** `n8n install`: n8n holds the shipped workflows, and they are active; the same again changes nothing. */
export async function n8nInstall(context: CommandContext, options: N8nInstallOptions): Promise<number> {
  const { terminal, env } = context;
  const shipped = workflowFiles(options.workflows, options.only);
  const values = valuesOf(options.set ?? [], shipped);
  const n8n = n8nOf(options, env);
  if (!n8n.hasKey) return tellSteps(context, shipped);
  const stored = await n8n.workflows();
  const outcomes: Outcome[] = [];
  for (const one of shipped) outcomes.push(await install(n8n, one, { stored, values, isDry: options.dryRun === true }));
  terminal.result({ dry_run: options.dryRun === true, workflows: outcomes }, outcomes.map(lineOf));
  if (outcomes.some(({ outcome }) => outcome === 'failed')) return EXIT.failed;
  terminal.note('credentials are not part of it: see step 2 of deploy/n8n/README.md');
  return EXIT.ok;
}

/** One that n8n refuses does not keep the others from being installed. */
async function install(
  n8n: N8nApi,
  shipped: ShippedWorkflow,
  { stored: all, values, isDry }: { stored: readonly StoredWorkflow[]; values: Record<string, string>; isDry: boolean },
): Promise<Outcome> {
  const stored = storedOf(shipped, all);
  const body = wantedBody(shipped, stored, values);
  const { file, path } = shipped;
  const outcome = stored ? neededFor(stored, differences(body, stored)) : 'created';
  const done: Outcome = { file, path, id: stored?.id ?? null, outcome, reason: null };
  if (isDry || outcome === 'unchanged') return done;
  try {
    const id = stored ? stored.id : (await n8n.create(body)).id;
    if (stored && outcome === 'updated') await n8n.update(id, body);
    await n8n.activate(id);
    return { ...done, id };
  } catch (error) {
    // What is true of all of them is told once.
    if (!(error instanceof CommandError) || error.exitCode !== EXIT.failed) throw error;
    return { ...done, outcome: 'failed', reason: [error.message, error.advice].filter(Boolean).join('; ') };
  }
}

function neededFor(stored: StoredWorkflow, different: readonly string[]): 'updated' | 'activated' | 'unchanged' {
  if (different.length > 0) return 'updated';
  const runsAnother = stored.activeVersionId !== undefined && stored.activeVersionId !== stored.versionId;
  return stored.active && !runsAnother ? 'unchanged' : 'activated';
}

function valuesOf(pairs: readonly string[], shipped: readonly ShippedWorkflow[]): Record<string, string> {
  const names = new Set(shipped.flatMap(valueNames));
  const values: Record<string, string> = {};
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    const name = pair.slice(0, Math.max(at, 0));
    if (!names.has(name)) {
      throw new CommandError(
        EXIT.usage,
        `"${pair}" sets nothing`,
        `write name=value with one of ${[...names].join(', ')}`,
      );
    }
    values[name] = pair.slice(at + 1);
  }
  return values;
}

/** The same with n8n's own command line, which writes to its database and needs no key. */
function tellSteps({ terminal }: CommandContext, shipped: readonly ShippedWorkflow[]): number {
  const steps = [
    'n8n import:workflow --separate --input=deploy/n8n/workflows',
    ...shipped.map(({ id }) => `n8n publish:workflow --id=${id}`),
  ];
  terminal.note(
    'N8N_API_KEY is not set, so nothing was done. Make a key in n8n (Settings, n8n API) and repeat the command,',
  );
  terminal.note('or run this where n8n is installed, set the addresses in the node Settings of each, and restart n8n:');
  terminal.result({ steps }, steps);
  return EXIT.findings;
}

const lineOf = ({ path, outcome, reason }: Outcome): string => `${outcome} ${path}${reason ? `: ${reason}` : ''}`;
