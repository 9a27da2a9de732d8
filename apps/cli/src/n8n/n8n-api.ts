import { codeOf } from '../connection';
import { CommandError, EXIT } from '../exit-codes';
import type { WorkflowBody } from './workflow-files';

/** A workflow as n8n's public API shows it. */
export interface StoredWorkflow extends WorkflowBody {
  id: string;
  active: boolean;
  isArchived?: boolean;
  versionId?: string | null;
  /** n8n 2: the version that runs. */
  activeVersionId?: string | null;
}

const REQUEST_MS = 30_000;
const PAGE = 100;

/** One n8n: its webhooks, which need no key to be looked at, and its public API. Throws a {@link CommandError} that says what to do next. */
export class N8nApi {
  constructor(
    /** Without a slash at its end. */
    readonly url: string,
    private readonly key: string | null,
  ) {}

  get hasKey(): boolean {
    return this.key !== null;
  }

  async isHealthy(): Promise<boolean> {
    return (await this.fetch('GET', '/healthz')).ok;
  }

  /** Whether something listens there: a preflight request has no effect, and is answered 204 for webhooks that exist only. */
  async isListening(path: string): Promise<boolean> {
    const headers = { origin: this.url, 'access-control-request-method': 'POST' };
    const at = `/webhook/${path.split('/').map(encodeURIComponent).join('/')}`;
    return (await this.fetch('OPTIONS', at, { headers })).status === 204;
  }

  /** All that are not archived. */
  async workflows(): Promise<StoredWorkflow[]> {
    const found: StoredWorkflow[] = [];
    let cursor: string | null | undefined;
    do {
      const query = `?limit=${PAGE}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`;
      const page = await this.call<{ data: StoredWorkflow[]; nextCursor?: string | null }>('GET', `/workflows${query}`);
      found.push(...page.data);
      cursor = page.nextCursor;
    } while (cursor);
    return found.filter(({ isArchived }) => !isArchived);
  }

  create(body: WorkflowBody): Promise<StoredWorkflow> {
    return this.call('POST', '/workflows', body);
  }

  update(id: string, body: WorkflowBody): Promise<StoredWorkflow> {
    return this.call('PUT', `/workflows/${encodeURIComponent(id)}`, body);
  }

  /** Lets the newest version run. */
  activate(id: string): Promise<StoredWorkflow> {
    return this.call('POST', `/workflows/${encodeURIComponent(id)}/activate`, {});
  }

  private async call<T>(method: string, path: string, body?: object): Promise<T> {
    const headers = {
      accept: 'application/json',
      'x-n8n-api-key': this.key ?? '',
      ...(body ? { 'content-type': 'application/json' } : {}),
    };
    const response = await this.fetch(method, `/api/v1${path}`, { headers, body: body && JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw this.refusal(`${method} ${path.split('?')[0]}`, response.status, text);
    try {
      return JSON.parse(text) as T;
    } catch {
      throw new CommandError(
        EXIT.failed,
        `n8n answered ${method} ${path} with something that is not JSON`,
        `is ${this.url} really n8n?`,
      );
    }
  }

  /** A redirect is not followed: it would carry the key elsewhere. */
  private async fetch(method: string, path: string, init: RequestInit = {}): Promise<Response> {
    try {
      return await fetch(this.url + path, {
        ...init,
        method,
        redirect: 'manual',
        signal: AbortSignal.timeout(REQUEST_MS),
      });
    } catch (error) {
      const advice = 'is n8n running there? Check --n8n-url or N8N_ENDPOINT';
      throw new CommandError(EXIT.unreachable, `no answer from n8n at ${this.url} (${codeOf(error)})`, advice);
    }
  }

  private refusal(what: string, status: number, text: string): CommandError {
    const said = messageOf(text);
    const message = `n8n answered ${what} with ${status}${said ? `: ${said}` : ''}`.replaceAll(this.key || '\0', '…');
    if (status === 401) return new CommandError(EXIT.denied, message, 'N8N_API_KEY is unknown or expired there');
    if (status === 403) {
      const scopes = 'workflow:create, workflow:list, workflow:read, workflow:update and workflow:activate';
      return new CommandError(EXIT.denied, message, `the key needs the scopes ${scopes}`);
    }
    if (status === 404) return new CommandError(EXIT.failed, message, 'is the public API of this n8n switched on?');
    if (status === 409) {
      return new CommandError(EXIT.failed, message, 'another workflow has the same webhook path; deactivate it');
    }
    return new CommandError(status >= 500 ? EXIT.unreachable : EXIT.failed, message, null);
  }
}

function messageOf(text: string): string {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    return typeof message === 'string' ? message.slice(0, 500) : '';
  } catch {
    return '';
  }
}
