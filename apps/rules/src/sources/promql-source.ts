import { ServiceError } from '@alertagent/contracts';
import { AlertAgentConfig, outboundClient, type OutboundClient, type OutboundResponse } from '@alertagent/service-kit';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { SourceFailure } from './source-failure';

/** One question, at most; also what the source is told as its own `timeout`. */
const QUERY_MS = 60_000;
/** Whoever asks for much asks in parts. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
/** More at once to one source would be a burden to it. */
const CONNECTIONS = 8;
const LONGEST_REASON = 300;

/** Prometheus' HTTP API, as Prometheus and VictoriaMetrics have it. Asks only where the operator lets requests go. */
@Injectable()
export class PromqlSource implements OnApplicationShutdown {
  private readonly client: OutboundClient;

  constructor({ security }: AlertAgentConfig) {
    this.client = outboundClient({
      allow: security.outbound_allow,
      totalMs: QUERY_MS,
      maxBodyBytes: MAX_ANSWER_BYTES,
      connectionsPerOrigin: CONNECTIONS,
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.client.close();
  }

  /** Asks in a form, because expressions may be longer than an address. Answers the `data`. Errors: SourceFailure. */
  async query(
    baseUrl: string,
    path: string,
    form: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<unknown> {
    const body = new URLSearchParams({ timeout: `${QUERY_MS / 1000}s`, ...form }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
    return dataOf(await this.send({ method: 'POST', url: `${baseUrl}/api/v1${path}`, headers, body, signal }));
  }

  /** Reads something that is there without a question. Answers the `data`. Errors: SourceFailure. */
  async read(baseUrl: string, path: string): Promise<unknown> {
    const headers = { accept: 'application/json' };
    return dataOf(await this.send({ method: 'GET', url: `${baseUrl}/api/v1${path}`, headers }));
  }

  private send(request: Parameters<OutboundClient['request']>[0]): Promise<OutboundResponse> {
    return this.client.request(request).catch((error: unknown) => {
      if (!(error instanceof ServiceError)) throw error;
      if (error.code === 'invalid')
        throw new SourceFailure('not_allowed', `not asked: ${error.message} (security.outbound_allow)`);
      throw new SourceFailure('failed', error.message, { cause: error });
    });
  }
}

function dataOf({ status, body }: OutboundResponse): unknown {
  let answer: unknown = null;
  try {
    answer = JSON.parse(body);
  } catch {
    // A login page or a proxy in between.
  }
  if (isObject(answer) && answer.status === 'success' && status === 200) return answer.data;
  const reason = isObject(answer) && typeof answer.error === 'string' ? `: ${shortened(answer.error)}` : '';
  // 422, 500 and 503 are also what a question gets that is too large.
  if (status === 400 || status === 401 || status === 403 || status === 404 || status === 405)
    throw new SourceFailure('refused', `the source answered ${status}${reason}`);
  throw new SourceFailure('failed', `the source answered ${status}${reason || ', and nothing of the Prometheus API'}`);
}

const shortened = (text: string): string => text.replace(/\s+/g, ' ').slice(0, LONGEST_REASON).toWellFormed();

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
