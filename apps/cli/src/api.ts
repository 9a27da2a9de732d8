import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { codeOf, type Connection } from './connection';
import { CommandError, EXIT } from './exit-codes';

/** One thing wrong with a request, from an RFC 9457 problem document. */
interface ApiProblem {
  title?: string;
  detail?: string;
  errors?: { pointer?: string; detail?: string }[];
}

export interface Sent {
  contentType: string;
  body: string | Uint8Array<ArrayBuffer>;
}

const REQUEST_MS = 60_000;
const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 250;
/** Answers that say "not now". */
const TRANSIENT: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** The REST API of one AlertAgent. Every method throws a {@link CommandError} that says what to do next. */
export class Api {
  constructor(private readonly connection: Connection) {}

  get<T>(path: string, query: Record<string, string | number | undefined | null> = {}): Promise<T> {
    return this.json<T>('GET', path + queryOf(query));
  }

  async text(path: string, query: Record<string, string | undefined | null> = {}): Promise<string> {
    return (await this.send('GET', path + queryOf(query))).text();
  }

  /** May be repeated: the server takes a request with the same key once. */
  post<T>(path: string, body: unknown): Promise<T> {
    return this.json<T>('POST', path, { contentType: 'application/json', body: JSON.stringify(body) });
  }

  upload<T>(path: string, query: Record<string, string | undefined | null>, sent: Sent): Promise<T> {
    return this.json<T>('POST', path + queryOf(query), sent);
  }

  /** Only if it is still at this version. */
  async delete(path: string, version: number): Promise<void> {
    await this.send('DELETE', path, undefined, { 'if-match': `"${version}"` });
  }

  /** Every item of a list, page by page. */
  async *all<T>(path: string, query: Record<string, string | number | undefined | null> = {}): AsyncGenerator<T> {
    let cursor: string | null | undefined;
    do {
      const page = await this.get<{ items: T[]; next_cursor?: string | null }>(path, { limit: 500, ...query, cursor });
      yield* page.items;
      cursor = page.next_cursor;
    } while (cursor);
  }

  private async json<T>(method: string, path: string, sent?: Sent): Promise<T> {
    const response = await this.send(method, path, sent);
    const text = await response.text();
    try {
      return JSON.parse(text) as T;
    } catch {
      throw new CommandError(EXIT.failed, `${method} ${path} answered something that is not JSON`, this.isItReally);
    }
  }

  private async send(
    method: string,
    path: string,
    sent?: Sent,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    const all: Record<string, string> = {
      ...headers,
      authorization: `Bearer ${this.connection.token}`,
      accept: 'application/json, application/yaml, application/problem+json',
      ...(sent ? { 'content-type': sent.contentType } : {}),
      ...(method === 'POST' ? { 'idempotency-key': randomUUID() } : {}),
    };
    for (let attempt = 1; ; attempt += 1) {
      const response = await this.once(method, path, sent, all).catch((error: unknown) => {
        if (attempt < ATTEMPTS) return null;
        const advice = 'is AlertAgent running there? Check --url or ALERTAGENT_URL';
        throw new CommandError(EXIT.unreachable, `no answer from ${this.connection.url} (${codeOf(error)})`, advice);
      });
      if (response?.ok) return response;
      if (response && (attempt === ATTEMPTS || !TRANSIENT.has(response.status)))
        throw await this.refusal(method, path, response);
      await wait(FIRST_PAUSE_MS * 2 ** (attempt - 1));
    }
  }

  /** A redirect is an error: it would carry the token elsewhere. */
  private once(
    method: string,
    path: string,
    sent: Sent | undefined,
    headers: Record<string, string>,
  ): Promise<Response> {
    return fetch(`${this.connection.url}/api/v1${path}`, {
      method,
      headers,
      body: sent?.body,
      redirect: 'manual',
      signal: AbortSignal.timeout(REQUEST_MS),
    });
  }

  private async refusal(method: string, path: string, response: Response): Promise<CommandError> {
    const { status } = response;
    const problem = await problemOf(response);
    const what = problem?.detail ?? problem?.title ?? `${method} ${path.split('?')[0]} answered ${status}`;
    const lines = (problem?.errors ?? []).slice(0, 20).map(({ pointer, detail }) => `  ${pointer || '/'}: ${detail}`);
    const message = this.withoutToken([what, ...lines].join('\n'));
    if (status === 401) return new CommandError(EXIT.denied, message, 'the token is unknown, revoked or expired');
    if (status === 403) return new CommandError(EXIT.denied, message, 'ask for a token with the role that is needed');
    if (!problem) return new CommandError(EXIT.failed, message, this.isItReally);
    return new CommandError(status >= 500 ? EXIT.unreachable : EXIT.failed, message, adviceFor(status));
  }

  private get isItReally(): string {
    return `is ${this.connection.url} really AlertAgent, of a version that has this command?`;
  }

  private withoutToken(text: string): string {
    return text.replaceAll(this.connection.token, '…');
  }
}

function adviceFor(status: number): string | null {
  if (status === 404) return 'check the id, and that the server is of a version that has this command';
  if (status === 409 || status === 412) return 'somebody changed it meanwhile; look at it and repeat the command';
  if (status === 413) return 'send fewer files at once, for instance folder by folder';
  if (status >= 500) return 'repeat the command; if it stays so, the log of the server has the reason';
  return null;
}

async function problemOf(response: Response): Promise<ApiProblem | null> {
  try {
    const value: unknown = JSON.parse(await response.text());
    return typeof value === 'object' && value !== null && ('title' in value || 'detail' in value)
      ? (value as ApiProblem)
      : null;
  } catch {
    return null;
  }
}

function queryOf(query: Record<string, string | number | undefined | null>): string {
  const entries = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  return entries.length === 0
    ? ''
    : `?${new URLSearchParams(entries.map(([name, value]): [string, string] => [name, String(value)]))}`;
}
