import {
  outboundClient,
  type AlertAgentConfig,
  type Logger,
  type OutboundClient,
  type OutboundRequest,
  type OutboundResponse,
} from '@alertagent/service-kit';
import {
  BrokenCircuitError,
  circuitBreaker,
  ConsecutiveBreaker,
  handleWhen,
  type CircuitBreakerPolicy,
} from 'cockatiel';
import { DifyOutage } from './dify-error';

/** A stream repeats ids with every piece, so an answer of 2,000 tokens takes about 1 MB on the wire. */
const MAX_REPLY_BYTES = 8 * 1024 * 1024;
/** One name for all requests: files, conversations and stopping are bound to it. */
const USER = 'alertagent';
const FAILURES_TO_OPEN = 5;
const OPEN_MS = 30_000;
/** Milliseconds that Dify may take to confirm that it stopped. */
const STOP_MS = 5_000;

/** One request with the app's key. */
export interface DifyAsk extends Pick<OutboundRequest, 'onText' | 'signal' | 'timeoutMs'> {
  /** With `/v1`. */
  path: string;
  /** Posted; without it something is read. */
  body?: object;
}

/** The way to the app that analyses alerts, and what is known of how it is at the other end. */
export class DifyConnection {
  private readonly base: string | undefined;
  private readonly client: OutboundClient;
  private readonly breaker: CircuitBreakerPolicy;
  private readonly closing = new AbortController();

  constructor(
    private readonly config: Pick<AlertAgentConfig, 'dify' | 'security'>,
    private readonly log: Logger,
  ) {
    const { dify, security } = config;
    this.base = dify.base();
    this.client = outboundClient({
      // The operator typed this address, so it may be on loopback or in a private range.
      allow: [...security.outbound_allow, ...(this.base ? [new URL(this.base).origin] : [])],
      totalMs: dify.timeout,
      maxBodyBytes: MAX_REPLY_BYTES,
    });
    this.breaker = circuitBreaker(
      handleWhen((error) => error instanceof DifyOutage),
      { halfOpenAfter: OPEN_MS, breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN) },
    );
  }

  /** Whether an address and a key are configured. */
  get isConfigured(): boolean {
    return this.base !== undefined;
  }

  /** Aborted by `close`. */
  get closed(): AbortSignal {
    return this.closing.signal;
  }

  /** Whatever Dify answered. Errors: those of the client. */
  request({ path, body, ...rest }: DifyAsk): Promise<OutboundResponse> {
    const authorization = `Bearer ${this.config.dify.analyzerKey()}`;
    const url = `${this.base}${path}`;
    if (!body) return this.client.request({ ...rest, method: 'GET', url, headers: { authorization } });
    const headers = { 'content-type': 'application/json', authorization };
    return this.client.request({
      ...rest,
      method: 'POST',
      url,
      headers,
      body: JSON.stringify({ ...body, user: USER }),
    });
  }

  /** Does it unless Dify failed several times in a row just now, and counts a DifyOutage as a failure. Errors: DifyOutage instead; those of `work`. */
  async guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await this.breaker.execute(work);
    } catch (error) {
      if (!(error instanceof BrokenCircuitError)) throw error;
      throw new DifyOutage('Dify failed several times in a row and is left alone for a while', { cause: error });
    }
  }

  /** Tells Dify that nobody waits any more. Never throws: what it works on then goes on to its end, for nothing. */
  async stop(path: string): Promise<void> {
    try {
      await this.request({ path, body: {}, signal: AbortSignal.timeout(STOP_MS) });
    } catch (error) {
      this.log.warn({ error }, 'Dify could not be told to stop');
    }
  }

  /** Cuts whatever is open. */
  async close(): Promise<void> {
    this.closing.abort();
    await this.client.close();
  }
}
