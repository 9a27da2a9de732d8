/** One node of an n8n workflow, as far as the checks look at it. */
export interface WorkflowNode {
  id: string;
  name: string;
  /** Such as `n8n-nodes-base.webhook`. */
  type: string;
  typeVersion: number;
  parameters: Record<string, unknown>;
  credentials: Record<string, unknown>;
  webhookId: string;
  /** What happens when it fails; `stopWorkflow` unless told. */
  onError: string;
  retries: boolean;
}

/** A link from one output of a node to another node. */
export interface WorkflowLink {
  from: string;
  /** 0 is the regular output; 1 of a node with `continueErrorOutput` the one for errors. */
  output: number;
  to: string;
}

/** An n8n workflow file, read without trusting it. */
export interface Workflow {
  id: string;
  name: string;
  nodes: WorkflowNode[];
  links: WorkflowLink[];
}

/** Reads a workflow as the editor exports it; null for JSON that is none. What is missing or of a wrong type becomes empty. */
export function readWorkflow(value: unknown): Workflow | null {
  if (!isRecord(value) || !Array.isArray(value['nodes'])) return null;
  return {
    id: text(value['id']),
    name: text(value['name']),
    nodes: value['nodes'].filter(isRecord).map(readNode),
    links: readLinks(value['connections']),
  };
}

function readNode(node: Record<string, unknown>): WorkflowNode {
  return {
    id: text(node['id']),
    name: text(node['name']),
    type: text(node['type']),
    typeVersion: typeof node['typeVersion'] === 'number' ? node['typeVersion'] : Number.NaN,
    parameters: record(node['parameters']),
    credentials: record(node['credentials']),
    webhookId: text(node['webhookId']),
    onError: text(node['onError']) || 'stopWorkflow',
    retries: node['retryOnFail'] === true,
  };
}

/** Source name → kind of output → outputs → links of each. */
function readLinks(connections: unknown): WorkflowLink[] {
  return Object.entries(record(connections)).flatMap(([from, kinds]) =>
    list(record(kinds)['main']).flatMap((links, output) =>
      list(links)
        .filter(isRecord)
        .map((link) => ({ from, output, to: text(link['node']) })),
    ),
  );
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const record = (value: unknown): Record<string, unknown> => (isRecord(value) ? value : {});
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
