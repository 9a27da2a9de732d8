import { ServiceError } from '@alertagent/contracts';
import {
  AlertAgentConfig,
  LOGGER,
  outboundClient,
  type Logger,
  type OutboundClient,
  type OutboundResponse,
} from '@alertagent/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import {
  BrokenCircuitError,
  circuitBreaker,
  ConsecutiveBreaker,
  handleWhen,
  type CircuitBreakerPolicy,
} from 'cockatiel';
import { DifyError } from './dify-error';
import { DifyFacts } from './dify-facts';
import { quoted } from './model-error';
import { answerOfRun } from './dify-run';
import { answerOfStream } from './dify-stream';
import { mayHaveArrived } from '../requests/may-have-arrived';
import type { Price } from '../budget/amounts';
import type { Model, ModelCallContext } from './model';
import type { Prompt } from './prompt';

/** A stream repeats ids with every piece, so an answer of 2,000 tokens takes about 1 MB on the wire. */
const MAX_REPLY_BYTES = 8 * 1024 * 1024;
const MAX_ANSWER_CHARACTERS = 200_000;
/** One name for all requests: files, conversations and stopping are bound to it. */
const USER = 'alertagent';
const FAILURES_TO_OPEN = 5;
const OPEN_MS = 30_000;
/** Milliseconds that Dify may take to confirm that it stopped. */
const STOP_MS = 5_000;

/** Dify could not be reached or is overloaded; an answer that is merely bad says nothing about the next one. */
class DifyOutage extends DifyError {}

/** Asks the Dify app whose key is configured. A question is asked once: Dify has no idempotency key, and repeating costs tokens. */
@Injectable()
export class DifyClient implements Model {
  readonly name = 'dify';
  readonly app: string;
  readonly price: Price | null;
  readonly timeoutMs: number;
  private readonly base: string | undefined;
  private readonly client: OutboundClient;
  private readonly breaker: CircuitBreakerPolicy;
  private readonly log: Logger;
  private isClosed = false;

  constructor(
    private readonly config: AlertAgentConfig,
    @Inject(LOGGER) log: Logger,
  ) {
    this.log = log.component('dify');
    const { dify, security } = config;
    this.app = dify.agents.alert_analyzer;
    this.timeoutMs = dify.timeout;
    const price = { input: dify.price_input, output: dify.price_output };
    this.price = price.input || price.output ? price : null;
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

  /** The app's answer, as text that nobody has checked yet. Errors: DifyError; anything else when the call was cut by `close` or the signal. */
  async ask(prompt: Prompt, context: ModelCallContext): Promise<string> {
    try {
      const answer = await this.breaker.execute(() => this.askOnce(prompt, context));
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

  /** All in streams: agent apps refuse anything else, and a call can be stopped only by the name that its first event tells. */
  private async askOnce({ inputs, query }: Prompt, context: ModelCallContext): Promise<string> {
    switch (this.config.dify.mode) {
      case 'workflow':
        return answerOfRun(await this.post(RUN, { inputs }, context));
      case 'chat':
        return answerOfStream(await this.post(CHAT, { inputs, query }, context));
      case 'completion':
        return answerOfStream(await this.post(COMPLETION, { inputs: { ...inputs, query } }, context));
    }
  }

  private async post({ path, stopPath }: Endpoint, body: object, context: ModelCallContext): Promise<string> {
    const { signal, trace } = context;
    const facts = new DifyFacts(trace);
    let reply: OutboundResponse;
    try {
      trace.sent();
      reply = await this.send(path, { ...body, response_mode: 'streaming' }, (text) => facts.take(text), signal);
    } catch (error) {
      if (!mayHaveArrived(error)) trace.notTaken();
      // Cut by ourselves: that says nothing about Dify.
      if (this.isClosed) throw error;
      // A stream that is not read any more does not end the run.
      if (trace.taskId) await this.stop(stopPath(trace.taskId));
      if (signal.aborted) throw error;
      const reason = error instanceof ServiceError ? error.message : 'the call failed';
      throw new DifyOutage(`Dify: ${reason}`, { cause: error });
    }
    if (reply.status >= 200 && reply.status < 300) return reply.body;
    trace.notTaken();
    const problem = `Dify answered ${reply.status} (${codeOf(reply.body)})`;
    throw reply.status >= 500 || reply.status === 429 ? new DifyOutage(problem) : new DifyError(problem);
  }

  /** Tells Dify that nobody waits any more. Never throws: the run then goes on to its end, for nothing. */
  private async stop(path: string): Promise<void> {
    try {
      await this.send(path, {}, undefined, AbortSignal.timeout(STOP_MS));
    } catch (error) {
      this.log.warn({ error }, 'Dify could not be told to stop');
    }
  }

  private send(
    path: string,
    body: object,
    onText: ((text: string) => void) | undefined,
    signal: AbortSignal,
  ): Promise<OutboundResponse> {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${this.config.dify.analyzerKey()}` };
    const text = JSON.stringify({ ...body, user: USER });
    return this.client.request({ method: 'POST', url: `${this.base}${path}`, headers, body: text, onText, signal });
  }
}

/** Where one kind of app is asked, and where it is told to stop. */
interface Endpoint {
  path: string;
  stopPath: (taskId: string) => string;
}

const endpoint = (path: string, tasks: string): Endpoint => ({ path, stopPath: (taskId) => `${tasks}/${taskId}/stop` });
const RUN = endpoint('/v1/workflows/run', '/v1/workflows/tasks');
const CHAT = endpoint('/v1/chat-messages', '/v1/chat-messages');
const COMPLETION = endpoint('/v1/completion-messages', '/v1/completion-messages');

function codeOf(body: string): string {
  try {
    return quoted((JSON.parse(body) as { code?: unknown } | null)?.code);
  } catch {
    return 'no reason given';
  }
}
