import { ServiceError } from '@alertagent/contracts';
import { AlertAgentConfig, outboundClient, type OutboundClient, type OutboundResponse } from '@alertagent/service-kit';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { AlertmanagerMetrics, type Operation } from './alertmanager-requests.metrics';
import type { Member } from './member';
import { MemberBreakers } from './member-breakers';
import { MemberFailure } from './member-failure';

/** Alertmanager answers a list whole; 16 MiB are about ten thousand alerts. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
const MAX_TOTAL_MS = 8_000;
const CONNECT_MS = 1_500;
/** Codes of connections that never came about. */
const NOT_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** One request to one member. */
export interface MemberRequest<T> {
  operation: Operation;
  method?: 'GET' | 'POST' | 'DELETE';
  /** Below `/api/v2`. */
  path: string;
  body?: object;
  timeoutMs: number;
  /** Makes of the JSON what the caller wants; throws when it is something else. */
  read: (json: unknown) => T;
}

/** Sends requests to Alertmanagers, to each through its breaker, and only where the operator lets requests go. */
@Injectable()
export class AlertmanagerClient implements OnApplicationShutdown {
  private readonly client: OutboundClient;

  constructor(
    { security, alertmanager }: AlertAgentConfig,
    private readonly breakers: MemberBreakers,
    private readonly metrics: AlertmanagerMetrics,
  ) {
    // What is named in the configuration was chosen by the operator; what came over the API was not.
    const configured = alertmanager.clusters.map(({ endpoint }) => new URL(endpoint).origin);
    this.client = outboundClient({
      allow: [...security.outbound_allow, ...configured],
      totalMs: MAX_TOTAL_MS,
      connectMs: CONNECT_MS,
      maxBodyBytes: MAX_ANSWER_BYTES,
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.client.close();
  }

  /** Sent once, never again. Errors: MemberFailure. */
  async send<T>(member: Member, request: MemberRequest<T>): Promise<T> {
    const started = performance.now();
    const took = (): number => performance.now() - started;
    try {
      if (request.timeoutMs <= 0) throw new MemberFailure('skipped', 'there was no time left to ask it');
      const result = await this.breakers.run(member, () => this.exchange(member, request));
      this.metrics.request(request.operation, 'answered', took());
      return result;
    } catch (error) {
      if (error instanceof MemberFailure) this.metrics.request(request.operation, error.outcome, took());
      throw error;
    }
  }

  private async exchange<T>(
    { address }: Member,
    { method = 'GET', path, body, timeoutMs, read }: MemberRequest<T>,
  ): Promise<T> {
    const answer = await this.client
      .request({
        method,
        url: `${address}/api/v2${path}`,
        headers: { accept: 'application/json', ...(body ? { 'content-type': 'application/json' } : {}) },
        body: body && JSON.stringify(body),
        timeoutMs,
      })
      .catch((error: unknown) => {
        throw callFailed(error);
      });
    return readAnswer(answer, read);
  }
}

function callFailed(error: unknown): MemberFailure {
  if (!(error instanceof ServiceError)) return new MemberFailure('broken', 'the request failed', { cause: error });
  if (error.code === 'invalid')
    return new MemberFailure('not_allowed', `not asked: ${error.message} (security.outbound_allow)`, { cause: error });
  const code = (error.cause as { code?: unknown } | undefined)?.code;
  const isConnected = typeof code !== 'string' || !NOT_CONNECTED.has(code);
  const outcome = isConnected ? (error.code === 'deadline' ? 'timeout' : 'broken') : 'unreachable';
  return new MemberFailure(outcome, error.message, { cause: error });
}

function readAnswer<T>({ status, body }: OutboundResponse, read: (json: unknown) => T): T {
  if (status >= 500) throw new MemberFailure('failed', `it answered ${status}`);
  if (status === 400 || status === 422) throw new MemberFailure('rejected', `it rejected this (${status})`);
  if (status >= 400) throw new MemberFailure('refused', `it refused (${status})`);
  if (status < 200 || status >= 300) throw new MemberFailure('unreadable', `it answered ${status}`);
  try {
    return read(body.trim() === '' ? null : (JSON.parse(body) as unknown));
  } catch (cause) {
    // A login page or a proxy in between also answers 200.
    throw new MemberFailure('unreadable', 'its answer is not that of an Alertmanager', { cause });
  }
}
