import { EXIT } from '../exit-codes';
import { n8nOf, type N8nOptions } from '../n8n/connection';
import type { N8nApi, StoredWorkflow } from '../n8n/n8n-api';
import { differences, storedOf, wantedBody } from '../n8n/wanted-workflow';
import { workflowFiles, type ShippedWorkflow } from '../n8n/workflow-files';
import type { CommandContext } from './context';

/** How a shipped workflow gets on in n8n. */
interface WorkflowStatus {
  file: string;
  name: string;
  path: string;
  /** Whether its webhook is registered; can be told without a key. */
  listening: boolean;
  /** Null without a key. */
  state: 'missing' | 'inactive' | 'active' | null;
  id: string | null;
  differs: string[];
}

/** `n8n status`: whether n8n answers, and which of the shipped workflows are there, active and as shipped. */
export async function n8nStatus({ terminal, env }: CommandContext, options: N8nOptions): Promise<number> {
  const shipped = workflowFiles(options.workflows, options.only);
  const n8n = n8nOf(options, env);
  const healthy = await n8n.isHealthy();
  if (!n8n.hasKey) terminal.note('without N8N_API_KEY only what listens can be told');
  const stored = n8n.hasKey ? await n8n.workflows() : null;
  const workflows: WorkflowStatus[] = [];
  for (const one of shipped) workflows.push(await statusOf(n8n, one, stored));
  terminal.result({ url: n8n.url, healthy, workflows }, [
    `n8n at ${n8n.url} ${healthy ? 'answers' : 'answers, but is not healthy'}`,
    ...workflows.map(lineOf),
  ]);
  const isFine = healthy && workflows.every((one) => one.listening && one.state !== 'missing' && !one.differs.length);
  return isFine ? EXIT.ok : EXIT.findings;
}

async function statusOf(
  n8n: N8nApi,
  shipped: ShippedWorkflow,
  all: readonly StoredWorkflow[] | null,
): Promise<WorkflowStatus> {
  const { file, path, body } = shipped;
  const found = all && storedOf(shipped, all);
  return {
    file,
    name: body.name,
    path,
    listening: await n8n.isListening(path),
    state: all ? (found ? (found.active ? 'active' : 'inactive') : 'missing') : null,
    id: found?.id ?? null,
    differs: found ? differences(wantedBody(shipped, found), found) : [],
  };
}

function lineOf({ path, state, listening, differs }: WorkflowStatus): string {
  const heard = listening ? 'listens' : 'does not listen';
  return [
    `${path}: ${state ? `${state}, ` : ''}${heard}`,
    ...(differs.length > 0 ? [`differs from what is shipped: ${differs.join(', ')}`] : []),
  ].join('; ');
}
