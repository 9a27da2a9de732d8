import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from '../connection';
import { CommandError, EXIT } from '../exit-codes';

/** A node of a workflow; whatever else it holds is compared and sent as it is. */
export interface WorkflowNode {
  name: string;
  type: string;
  typeVersion: number;
  parameters: Record<string, unknown>;
  credentials?: unknown;
  [more: string]: unknown;
}

/** What n8n takes; it refuses an `id` or `active` in it. */
export interface WorkflowBody {
  name: string;
  nodes: WorkflowNode[];
  connections: Record<string, unknown>;
  settings: Record<string, unknown>;
}

/** A workflow that AlertAgent ships. */
export interface ShippedWorkflow {
  file: string;
  /** The one it has when it was imported by n8n's own command line. */
  id: string;
  /** Where its webhook listens. */
  path: string;
  body: WorkflowBody;
}

/** Where a checkout has them. */
const SHIPPED = join(__dirname, '../../../../deploy/n8n/workflows');

/** The workflows of a folder, those of this checkout unless told, in the order of their names. Throws a {@link CommandError}. */
export function workflowFiles(folder: string | undefined, only: readonly string[] | undefined): ShippedWorkflow[] {
  const from = folder ?? SHIPPED;
  const found = namesIn(from).map((name) => workflowIn(from, name));
  const unknown = only?.find((path) => !found.some((one) => one.path === path));
  if (unknown !== undefined) {
    const paths = found.map(({ path }) => path).join(', ');
    throw new CommandError(EXIT.usage, `no workflow there listens at "${unknown}"`, `there are ${paths || 'none'}`);
  }
  return only ? found.filter(({ path }) => only.includes(path)) : found;
}

function namesIn(folder: string): string[] {
  const advice = 'name the folder deploy/n8n/workflows of AlertAgent with --workflows';
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
    if (names.length > 0) return names.sort();
  } catch (error) {
    throw new CommandError(EXIT.usage, `the workflows can not be read (${codeOf(error)})`, advice);
  }
  throw new CommandError(EXIT.usage, `there is no workflow in ${folder}`, advice);
}

function workflowIn(folder: string, file: string): ShippedWorkflow {
  try {
    const { id, name, nodes, connections, settings } = JSON.parse(
      readFileSync(join(folder, file), 'utf8'),
    ) as WorkflowBody & { id: string };
    const path = nodes.find(({ type }) => type === 'n8n-nodes-base.webhook')?.parameters['path'];
    if (typeof id !== 'string' || typeof name !== 'string' || typeof path !== 'string') throw new Error('no webhook');
    return { file, id, path, body: { name, nodes, connections, settings: settings ?? {} } };
  } catch (error) {
    throw new CommandError(EXIT.usage, `${file} is no workflow with a webhook (${codeOf(error)})`, null);
  }
}
