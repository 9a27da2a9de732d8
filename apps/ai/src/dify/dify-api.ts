import { AlertAgentConfig, outboundClient, type OutboundClient, type OutboundRequest } from '@alertagent/service-kit';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';

/** One request to Dify. */
export interface DifyRequest {
  method: OutboundRequest['method'];
  /** With `/v1`. */
  path: string;
  key: string;
  body?: object;
}

/** Dify said no, and will say no again: nothing is gained by repeating the request. */
export class DifyRefusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
  ) {
    super(`Dify answered ${status} (${code})`);
  }
}

/** Dify could not be reached, is overloaded, or does not know the key, which an operator may correct: worth repeating. */
export class DifyNotNow extends Error {}

const TIMEOUT_MS = 15_000;
const LATER: ReadonlySet<number> = new Set([401, 403, 408, 409, 425, 429]);

/** Plain requests to Dify, for what is copied to it in the background. */
@Injectable()
export class DifyApi implements OnApplicationShutdown {
  private readonly base: string | undefined;
  private readonly client: OutboundClient;

  constructor({ dify, security }: AlertAgentConfig) {
    this.base = dify.base();
    this.client = outboundClient({
      // The operator typed this address, so it may be on loopback or in a private range.
      allow: [...security.outbound_allow, ...(this.base ? [new URL(this.base).origin] : [])],
      totalMs: TIMEOUT_MS,
    });
  }

  /** What Dify answered, parsed; null where that is no JSON. Errors: DifyRefusal, DifyNotNow. */
  async request({ method, path, key, body }: DifyRequest): Promise<unknown> {
    const headers = {
      authorization: `Bearer ${key}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
    };
    const reply = await this.client
      .request({ method, url: `${this.base}${path}`, headers, body: body && JSON.stringify(body) })
      .catch((error: unknown) => {
        throw new DifyNotNow(error instanceof Error ? error.message : 'the request failed', { cause: error });
      });
    const { status } = reply;
    const answer = parsed(reply.body);
    if (status >= 200 && status < 300) return answer;
    const code = codeOf(answer);
    // Documents cannot be changed while they are indexed.
    if (status >= 400 && status < 500 && !LATER.has(status) && code !== 'document_indexing')
      throw new DifyRefusal(status, code);
    throw new DifyNotNow(`Dify answered ${status} (${code})`);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.client.close();
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function codeOf(answer: unknown): string {
  const code = (answer as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^\w{1,60}$/.test(code) ? code : 'no reason given';
}
