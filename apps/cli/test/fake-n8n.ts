import { randomUUID } from 'node:crypto';
import type { SeenRequest, StubAnswer } from './stub-server';

interface Workflow {
  id: string;
  name: string;
  active: boolean;
  isArchived: boolean;
  versionId: string;
  activeVersionId: string | null;
  nodes: { name: string; type: string; parameters: Record<string, unknown> }[];
  connections: object;
  settings: object;
}

const FIELDS = ['name', 'nodes', 'connections', 'settings'];

/** The public API as n8n 2.41.1 was seen to speak it; `apps/e2e/src/n8n-install.e2e-spec.ts` asks a real one. */
export class FakeN8n {
  readonly workflows: Workflow[] = [];
  /** Webhook paths at which activation is refused, as when another workflow has them. */
  readonly taken = new Set<string>();
  pageSize = 100;

  constructor(private readonly key: string) {}

  readonly answer = ({ method, path, headers, body }: SeenRequest): StubAnswer => {
    if (path === '/healthz') return { body: { status: 'ok' } };
    if (method === 'OPTIONS') return { status: this.isListening(path.replace('/webhook/', '')) ? 204 : 500 };
    if (headers['x-n8n-api-key'] !== this.key) return { status: 401, body: { message: 'Unauthorized' } };
    const [, id, verb] = path.split('?')[0]!.split('/').slice(1);
    if (method === 'GET') return this.list(new URLSearchParams(path.split('?')[1]));
    const sent = JSON.parse(body) as Partial<Workflow>;
    const readOnly = Object.keys(sent).find((field) => !FIELDS.includes(field));
    if (readOnly) return { status: 400, body: { message: `request/body/${readOnly} is read-only` } };
    if (!id) return this.create(sent);
    const found = this.workflows.find((one) => one.id === id);
    if (!found) return { status: 404, body: { message: 'Not Found' } };
    if (verb === 'activate') return this.activate(found);
    Object.assign(found, sent, { versionId: randomUUID() });
    return { body: found };
  };

  create(sent: Partial<Workflow>): StubAnswer {
    const workflow = {
      ...sent,
      id: randomUUID(),
      active: false,
      isArchived: false,
      versionId: randomUUID(),
    } as Workflow;
    this.workflows.push({ ...workflow, activeVersionId: null });
    return { body: this.workflows.at(-1) };
  }

  named(name: string): Workflow {
    return this.workflows.find((one) => one.name === `AlertAgent: ${name}`)!;
  }

  private list(query: URLSearchParams): StubAnswer {
    const from = Number(query.get('cursor') ?? 0);
    const data = this.workflows.slice(from, from + this.pageSize);
    const next = from + this.pageSize;
    return { body: { data, nextCursor: next < this.workflows.length ? String(next) : null } };
  }

  private activate(workflow: Workflow): StubAnswer {
    if (this.taken.has(pathOf(workflow))) return { status: 409, body: { message: 'There is a conflict' } };
    Object.assign(workflow, { active: true, activeVersionId: workflow.versionId });
    return { body: workflow };
  }

  private isListening(path: string): boolean {
    return this.workflows.some((one) => one.active && pathOf(one) === path);
  }
}

const pathOf = ({ nodes }: Workflow): string =>
  String(nodes.find(({ type }) => type === 'n8n-nodes-base.webhook')?.parameters['path']);
