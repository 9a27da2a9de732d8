import { isDeepStrictEqual } from 'node:util';
import type { StoredWorkflow } from './n8n-api';
import type { ShippedWorkflow, WorkflowBody, WorkflowNode } from './workflow-files';

interface Assignment {
  name: string;
  value: unknown;
}

/** The node in which whoever installs a workflow says where things are. */
const SETTINGS = 'Settings';

/** The one in n8n that a shipped workflow is: by its id, else by its name; of several, one that is active. */
export function storedOf({ id, body }: ShippedWorkflow, all: readonly StoredWorkflow[]): StoredWorkflow | null {
  const named = all.filter(({ name }) => name === body.name);
  return all.find((one) => one.id === id) ?? named.find(({ active }) => active) ?? named[0] ?? null;
}

/**
 * What n8n should hold: the shipped workflow with what somebody filled in there, which are the values of the node **Settings** and the
 * credentials of nodes. `values` go before both.
 */
export function wantedBody(
  { body }: ShippedWorkflow,
  stored: StoredWorkflow | null,
  values: Readonly<Record<string, string>> = {},
): WorkflowBody {
  const nodes = body.nodes.map((node): WorkflowNode => {
    const there = stored?.nodes.find(({ name }) => name === node.name);
    const kept = there?.credentials === undefined ? node : { ...node, credentials: there.credentials };
    return node.name === SETTINGS ? withValues(kept, there, values) : kept;
  });
  return { ...body, nodes };
}

/** In words, what of a stored workflow is not as it should be; where nodes stand on the screen is nobody's business. */
export function differences(wanted: WorkflowBody, stored: StoredWorkflow): string[] {
  const found: string[] = [];
  if (wanted.name !== stored.name) found.push('name');
  for (const node of wanted.nodes) {
    const there = stored.nodes.find(({ name }) => name === node.name);
    if (!there) found.push(`node "${node.name}" is missing`);
    else if (!isDeepStrictEqual(comparable(node), comparable(there))) found.push(`node "${node.name}"`);
  }
  for (const { name } of stored.nodes) {
    if (!wanted.nodes.some((node) => node.name === name)) found.push(`node "${name}" is additional`);
  }
  if (!isDeepStrictEqual(plain(wanted.connections), plain(stored.connections))) found.push('connections');
  for (const [name, value] of Object.entries(wanted.settings)) {
    if (!isDeepStrictEqual(stored.settings[name], value)) found.push(`setting ${name}`);
  }
  return found;
}

function comparable({ position: _position, id: _id, ...node }: WorkflowNode): unknown {
  return plain(node);
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

function withValues(
  node: WorkflowNode,
  there: WorkflowNode | undefined,
  values: Readonly<Record<string, string>>,
): WorkflowNode {
  const filledIn = new Map(assignmentsOf(there).map(({ name, value }) => [name, value]));
  const assignments = assignmentsOf(node).map((one) => ({
    ...one,
    value: Object.hasOwn(values, one.name) ? values[one.name] : (filledIn.get(one.name) ?? one.value),
  }));
  const parent = node.parameters['assignments'];
  return typeof parent === 'object'
    ? { ...node, parameters: { ...node.parameters, assignments: { ...parent, assignments } } }
    : node;
}

/** The names of the values that a workflow wants to be filled in. */
export const valueNames = ({ body }: ShippedWorkflow): string[] =>
  assignmentsOf(body.nodes.find(({ name }) => name === SETTINGS)).map(({ name }) => name);

function assignmentsOf(node: WorkflowNode | undefined): Assignment[] {
  const { assignments } = (node?.parameters['assignments'] ?? {}) as { assignments?: unknown };
  return Array.isArray(assignments) ? (assignments as Assignment[]) : [];
}
