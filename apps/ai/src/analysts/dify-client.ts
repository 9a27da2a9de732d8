import { ServiceError } from '@alertagent/contracts';
import { AlertAgentConfig, outboundClient, type OutboundClient, type OutboundResponse } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import {
  BrokenCircuitError,
  circuitBreaker,
  ConsecutiveBreaker,
  handleWhen,
  type CircuitBreakerPolicy,
} from 'cockatiel';
import { DifyError } from './dify-error';
import { quoted } from './model-error';
import { answerOfRun } from './dify-run';
import { answerOfStream } from './dify-stream';
import type { Model } from './model';
import type { Prompt } from './prompt';

/** A stream repeats ids with every piece, so an answer of 2,000 tokens takes about 1 MB on the wire. */
const MAX_REPLY_BYTES = 8 * 1024 * 1024;
const MAX_ANSWER_CHARACTERS = 200_000;
/** One name for all requests: files, conversations and stopping are bound to it. */
const USER = 'alertagent';
const FAILURES_TO_OPEN = 5;
const OPEN_MS = 30_000;

/** Dify could not be reached or is overloaded; an answer that is merely bad says nothing about the next one. */
class DifyOutage extends DifyError {}

/** Asks the Dify app whose key is configured. A question is asked once: Dify has no idempotency key, and repeating costs tokens. */
@Injectable()
export class DifyClient implements Model {
  readonly name = 'dify';
  private readonly base: string | undefined;
  private readonly client: OutboundClient;
  private readonly breaker: CircuitBreakerPolicy;
  private isClosed = false;

  constructor(private readonly config: AlertAgentConfig) {
    const { dify, security } = config;
    this.base = dify.endpoint && dify.api_key ? dify.endpoint.replace(/\/+$/, '').replace(/\/v1$/, '') : undefined;
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

  /** The app's answer, as text that nobody has checked yet. Errors: DifyError; anything else when the call was cut by `close`. */
  async ask(prompt: Prompt): Promise<string> {
    try {
      const answer = await this.breaker.execute(() => this.askOnce(prompt));
      if (answer.trim() === '') throw new DifyError('Dify gave an empty answer');
      if (answer.length > MAX_ANSWER_CHARACTERS) throw new DifyError('Dify gave an answer that is too long');
      return answer;
    } catch (error) {
      if (!(error instanceof BrokenCircuitError)) throw error;
      throw new DifyError('Dify failed several times in a row and is left alone for a while', { cause: error });
    }
  }

  /** Cuts open calls. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.client.close();
  }

  private async askOnce({ inputs, query }: Prompt): Promise<string> {
    switch (this.config.dify.mode) {
      case 'workflow':
        return answerOfRun(await this.post('/v1/workflows/run', { inputs, response_mode: 'blocking' }));
      // Streaming, because agent apps refuse anything else.
      case 'chat':
        return answerOfStream(await this.post('/v1/chat-messages', { inputs, query, response_mode: 'streaming' }));
      case 'completion':
        return answerOfStream(
          await this.post('/v1/completion-messages', { inputs: { ...inputs, query }, response_mode: 'streaming' }),
        );
    }
  }

  private async post(path: string, body: object): Promise<string> {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${this.config.dify.api_key}` };
    let reply: OutboundResponse;
    try {
      const text = JSON.stringify({ ...body, user: USER });
      reply = await this.client.request({ method: 'POST', url: `${this.base}${path}`, headers, body: text });
    } catch (error) {
      // Cut by ourselves: that says nothing about Dify.
      if (this.isClosed) throw error;
      const reason = error instanceof ServiceError ? error.message : 'the call failed';
      throw new DifyOutage(`Dify: ${reason}`, { cause: error });
    }
    if (reply.status >= 200 && reply.status < 300) return reply.body;
    const problem = `Dify answered ${reply.status} (${codeOf(reply.body)})`;
    throw reply.status >= 500 || reply.status === 429 ? new DifyOutage(problem) : new DifyError(problem);
  }
}

function codeOf(body: string): string {
  try {
    return quoted((JSON.parse(body) as { code?: unknown } | null)?.code);
  } catch {
    return 'no reason given';
  }
}
