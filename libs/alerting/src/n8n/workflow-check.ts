import type { Workflow, WorkflowNode } from './workflow';

/** One thing wrong with a workflow. */
export interface WorkflowFault {
  /** Name of the check, such as `webhook-address`. */
  check: string;
  /** Name of the node; null for the workflow as a whole. */
  node: string | null;
  /** What is wrong, and what n8n makes of it. */
  message: string;
  /** What to do about it. */
  fix: string;
}

/** What a check says of one place; the caller adds its name. */
export type Finding = Omit<WorkflowFault, 'check'>;

/** One thing that is looked for. */
export interface WorkflowCheck {
  name: string;
  find(workflow: Workflow): Finding[];
}

/** A check that looks at each node by itself. `null` means that there is nothing wrong. */
export function nodeCheck(
  name: string,
  find: (node: WorkflowNode, workflow: Workflow) => { message: string; fix: string } | null,
): WorkflowCheck {
  return {
    name,
    find: (workflow) =>
      workflow.nodes.flatMap((node) => {
        const finding = find(node, workflow);
        return finding ? [{ node: node.name, ...finding }] : [];
      }),
  };
}

export const isWebhook = ({ type }: WorkflowNode): boolean => type === 'n8n-nodes-base.webhook';
export const isRequest = ({ type }: WorkflowNode): boolean => type === 'n8n-nodes-base.httpRequest';
export const isCode = ({ type }: WorkflowNode): boolean =>
  ['code', 'function', 'functionItem'].some((kind) => type === `n8n-nodes-base.${kind}`);
/** Nodes that a run starts at. */
export const isTrigger = ({ type }: WorkflowNode): boolean => /(?:webhook|trigger)$/i.test(type);

/** Program of a code node, else the empty text. */
export const codeOf = ({ parameters }: WorkflowNode): string =>
  [parameters['jsCode'], parameters['functionCode']].filter((code) => typeof code === 'string').join('\n');

/** All texts in the parameters of a node, programs included. */
export function textsOf(node: WorkflowNode): string[] {
  const texts: string[] = [];
  const walk = (value: unknown): void => {
    if (typeof value === 'string') texts.push(value);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(walk);
  };
  walk(node.parameters);
  return texts;
}

/** Names of the nodes that a run may come through before `name`, nearest first. */
export function before(workflow: Workflow, name: string): string[] {
  const found: string[] = [];
  const queue = [name];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    for (const { from, to } of workflow.links) {
      if (to !== next || found.includes(from)) continue;
      found.push(from);
      queue.push(from);
    }
  }
  return found;
}
