import { ServiceError } from '@alertagent/contracts';
import { AlertAgentConfig, LOGGER, type Logger, type OutboundResponse } from '@alertagent/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { DifyConnection } from './dify-connection';
import { endOfCutRun, lookIn, type Look } from './dify-cut-run';
import { DifyBrokeOff, DifyError, DifyOutage } from './dify-error';
import { DifyFacts } from './dify-facts';
import { refusalOf } from './dify-refusal';
import { answerOfEnd, answerOfRun } from './dify-run';
import { answerOfStream } from './dify-stream';
import { mayHaveArrived } from '../requests/may-have-arrived';
import type { Price } from '../budget/amounts';
import type { Model, ModelCallContext } from './model';
import type { Prompt } from './prompt';

const MAX_ANSWER_CHARACTERS = 200_000;
/** Milliseconds that one look at a run may take. */
const LOOK_MS = 10_000;

/** Asks the Dify app whose key is configured. A question is asked once: Dify has no idempotency key, and repeating costs tokens. */
@Injectable()
export class DifyClient implements Model {
  readonly name = 'dify';
  readonly app: string;
  readonly price: Price | null;
  readonly timeoutMs: number;
  private readonly connection: DifyConnection;

  constructor(
    private readonly config: AlertAgentConfig,
    @Inject(LOGGER) log: Logger,
  ) {
    const { dify } = config;
    this.app = dify.agents.alert_analyzer;
    this.timeoutMs = dify.timeout;
    const price = { input: dify.price_input, output: dify.price_output };
    this.price = price.input || price.output ? price : null;
    this.connection = new DifyConnection(config, log.component('dify'));
  }

  /** Whether an address and a key are configured. */
  get isConfigured(): boolean {
    return this.connection.isConfigured;
  }

  /** The app's answer, as text that nobody has checked yet. Errors: DifyError; anything else when the call was cut by `close` or the signal. */
  async ask(prompt: Prompt, context: ModelCallContext): Promise<string> {
    const answer = await this.askOnce(prompt, context);
    if (answer.trim() === '') throw new DifyError('Dify gave an empty answer');
    if (answer.length > MAX_ANSWER_CHARACTERS) throw new DifyError('Dify gave an answer that is too long');
    return answer;
  }

  /** Cuts open calls. */
  close(): Promise<void> {
    return this.connection.close();
  }

  /** All in streams: agent apps refuse anything else, and a call can be stopped only by the name that its first event tells. */
  private async askOnce({ inputs, query }: Prompt, context: ModelCallContext): Promise<string> {
    const streamed = (endpoint: Endpoint, body: object): Promise<string> =>
      this.connection.guarded(async () =>
        answerOfStream(await this.post(endpoint, body, context, new DifyFacts(context.trace))),
      );
    switch (this.config.dify.mode) {
      case 'workflow':
        return this.run(inputs, context);
      case 'chat':
        return streamed(CHAT, { inputs, query });
      case 'completion':
        return streamed(COMPLETION, { inputs: { ...inputs, query } });
    }
  }

  /** A run whose stream breaks off goes on, and Dify tells by its name how it ended; of messages it does not. */
  private async run(inputs: Prompt['inputs'], context: ModelCallContext): Promise<string> {
    const { signal, trace } = context;
    const facts = new DifyFacts(trace);
    const timeUp = AbortSignal.timeout(this.timeoutMs);
    try {
      return await this.connection.guarded(async () => answerOfRun(await this.post(RUN, { inputs }, context, facts)));
    } catch (error) {
      if (!hasBrokenOff(error) || trace.runId === null || signal.aborted || this.connection.closed.aborted) throw error;
      const run = await this.follow(trace.runId, { context, timeUp });
      facts.took(run['total_tokens']);
      return answerOfEnd(run);
    }
  }

  private async follow(
    runId: string,
    { context: { signal, trace }, timeUp }: { context: ModelCallContext; timeUp: AbortSignal },
  ): Promise<Record<string, unknown>> {
    const { closed } = this.connection;
    const until = AbortSignal.any([timeUp, signal, closed]);
    let last = 'the run goes on';
    const look = (): Promise<Look> => {
      last = 'the run goes on';
      return this.connection
        .guarded(() => this.look(runId, until))
        .catch((error: unknown) => {
          if (error instanceof DifyError) last = error.message;
          throw error;
        });
    };
    try {
      return await endOfCutRun(look, until);
    } catch (error) {
      if (closed.aborted) throw error;
      // Nobody will read how it ends.
      if (trace.taskId) await this.connection.stop(RUN.stopPath(trace.taskId));
      if (signal.aborted || !timeUp.aborted) throw error;
      throw new DifyError(`Dify's answer broke off, and its run had no end within ${this.timeoutMs} ms: ${last}`, {
        cause: error,
      });
    }
  }

  private async look(runId: string, signal: AbortSignal): Promise<Look> {
    const request = { path: `${RUN.path}/${runId}`, signal, timeoutMs: LOOK_MS };
    const reply = await this.connection.request(request).catch((error: unknown) => {
      // Cut by ourselves: that says nothing about Dify.
      throw signal.aborted ? error : outageOf(error);
    });
    if (reply.status === 404) return 'missing';
    const refusal = refusalOf(reply);
    if (refusal) throw refusal;
    return lookIn(reply.body);
  }

  private async post(
    endpoint: Endpoint,
    body: object,
    { signal, trace }: ModelCallContext,
    facts: DifyFacts,
  ): Promise<string> {
    const request = { path: endpoint.path, body: { ...body, response_mode: 'streaming' }, signal };
    let reply: OutboundResponse;
    try {
      trace.sent();
      reply = await this.connection.request({ ...request, onText: (text) => facts.take(text) });
    } catch (error) {
      if (!mayHaveArrived(error)) trace.notTaken();
      // Cut by ourselves: that says nothing about Dify.
      if (this.connection.closed.aborted) throw error;
      const outage = outageOf(error);
      // A stream that is not read any more does not end what Dify works on. The end of a run is waited for instead.
      const isFollowed = endpoint === RUN && trace.runId !== null && !signal.aborted && hasBrokenOff(outage);
      if (trace.taskId && !isFollowed) await this.connection.stop(endpoint.stopPath(trace.taskId));
      throw signal.aborted ? error : outage;
    }
    const refusal = refusalOf(reply);
    if (!refusal) return reply.body;
    trace.notTaken();
    throw refusal;
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

const outageOf = (error: unknown): DifyOutage =>
  new DifyOutage(`Dify: ${error instanceof ServiceError ? error.message : 'the call failed'}`, { cause: error });

/** Whether an answer was interrupted, and not by the end of its time. */
function hasBrokenOff(error: unknown): boolean {
  if (error instanceof DifyBrokeOff) return true;
  if (!(error instanceof DifyOutage)) return false;
  return error.cause instanceof ServiceError && error.cause.code !== 'deadline';
}
