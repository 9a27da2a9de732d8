import type { ApiDescription } from './api-description';

/** A refusal, in words for whoever called the tool. */
export class RestError extends Error {
  override readonly name = 'RestError';
}

interface Problem {
  title?: unknown;
  detail?: unknown;
  errors?: { pointer?: unknown; detail?: unknown }[];
}

/** What one request is. */
export interface RestRequest {
  method: 'get' | 'post';
  /** With its query, under `/api/v1`. */
  path: string;
  body?: unknown;
  /** For a POST: a repeated request with the same key is taken once. */
  idempotencyKey?: string;
}

const REQUEST_MS = 30_000;
const MOST_PROBLEMS = 20;
/** The description of the API is asked for again after this long: the server may have been updated. */
const DESCRIPTION_MS = 10 * 60_000;

/** The REST API of one AlertAgent. A redirect is an error: it would carry the token elsewhere. */
export class RestApi {
  private description: { value: Promise<ApiDescription>; until: number } | undefined;

  /** @param url `http(s)://host:port`, without a slash at its end */
  constructor(private readonly url: string) {}

  /** What the server says of its API; needs no token. Errors: RestError. */
  describe(): Promise<ApiDescription> {
    if (this.description === undefined || performance.now() > this.description.until) {
      const value = this.fetch('/docs/openapi.json', {}).then(async (response) => {
        if (!response.ok) throw new RestError(`${this.url} does not describe an API: is it AlertAgent?`);
        return (await response.json()) as ApiDescription;
      });
      this.description = { value, until: performance.now() + DESCRIPTION_MS };
      value.catch(() => (this.description = undefined));
    }
    return this.description.value;
  }

  /** The JSON text of the answer; `{}` for an answer without one. Errors: RestError with the problem in words, never with the token. */
  async call({ method, path, body, idempotencyKey }: RestRequest, token: string): Promise<string> {
    const response = await this.fetch(`/api/v1${path}`, {
      method: method.toUpperCase(),
      headers: {
        accept: 'application/json, application/problem+json',
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.ok) return text === '' ? '{}' : text;
    throw new RestError(refusal(response.status, text).replaceAll(token, '…'));
  }

  private async fetch(path: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(this.url + path, { ...init, redirect: 'error', signal: AbortSignal.timeout(REQUEST_MS) });
    } catch {
      throw new RestError(`AlertAgent at ${this.url} does not answer; try again later`);
    }
  }
}

function refusal(status: number, text: string): string {
  const problem = problemOf(text);
  const what = String(problem?.detail ?? problem?.title ?? 'the request was refused');
  const where = (problem?.errors ?? []).slice(0, MOST_PROBLEMS).map(({ pointer, detail }) => `${pointer}: ${detail}`);
  return [`${status}: ${what}`, ...where].join('\n');
}

function problemOf(text: string): Problem | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Problem) : null;
  } catch {
    return null;
  }
}
