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
import { ModelError } from './model-error';
import type { Price } from '../budget/amounts';
import { mayHaveArrived } from '../requests/may-have-arrived';
import type { Model, ModelCallContext } from './model';
import { answerOfChat, problemOf, usageOfChat } from './openai-answer';
import type { Prompt } from './prompt';

const MAX_REPLY_BYTES = 1024 * 1024;
const FAILURES_TO_OPEN = 5;
const OPEN_MS = 30_000;

/** The server could not be reached or is overloaded; a bad answer says nothing about the next one. */
class ModelOutage extends ModelError {}

/**
 * Asks a server that has OpenAI's API for chats, as most servers for local models have. A question is asked once; but a server that does not
 * know how to answer in JSON only is asked again without that wish, and never with it after.
 */
@Injectable()
export class OpenAiClient implements Model {
  readonly name = 'openai';
  readonly app: string;
  readonly price: Price;
  readonly timeoutMs: number;
  private readonly base: string | undefined;
  private readonly client: OutboundClient;
  private readonly breaker: CircuitBreakerPolicy;
  private wantsJson = true;
  private isClosed = false;

  constructor(private readonly config: AlertAgentConfig) {
    const { openai, security } = config;
    this.app = openai.model;
    this.price = { input: openai.price_input, output: openai.price_output };
    this.timeoutMs = openai.timeout;
    this.base = openai.endpoint?.replace(/\/+$/, '');
    this.client = outboundClient({
      // The operator typed this address: models of one's own are on loopback or in a private range.
      allow: [...security.outbound_allow, ...(this.base ? [new URL(this.base).origin] : [])],
      totalMs: openai.timeout,
      maxBodyBytes: MAX_REPLY_BYTES,
    });
    this.breaker = circuitBreaker(
      handleWhen((error) => error instanceof ModelOutage),
      { halfOpenAfter: OPEN_MS, breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN) },
    );
  }

  get isConfigured(): boolean {
    return this.base !== undefined;
  }

  async ask({ query }: Prompt, context: ModelCallContext): Promise<string> {
    try {
      return await this.breaker.execute(async () => answerOfChat(await this.chat(query, context)));
    } catch (error) {
      if (!(error instanceof BrokenCircuitError)) throw error;
      throw new ModelError('the server of the model failed several times in a row and is left alone for a while', {
        cause: error,
      });
    }
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.client.close();
  }

  private async chat(query: string, context: ModelCallContext): Promise<string> {
    context.trace.sent();
    let reply = await this.post(query, this.wantsJson, context);
    if (reply.status === 400 && this.wantsJson && /response_format|json_object/.test(reply.body)) {
      this.wantsJson = false;
      reply = await this.post(query, false, context);
    }
    if (reply.status >= 200 && reply.status < 300) {
      context.trace.wrote(reply.body);
      context.trace.report(usageOfChat(reply.body));
      return reply.body;
    }
    context.trace.notTaken();
    const problem = `the server of the model answered ${reply.status} (${problemOf(reply.body)})`;
    throw reply.status >= 500 || reply.status === 429 ? new ModelOutage(problem) : new ModelError(problem);
  }

  private async post(
    query: string,
    wantsJson: boolean,
    { signal, trace }: ModelCallContext,
  ): Promise<OutboundResponse> {
    const { api_key, model } = this.config.openai;
    const body = {
      model,
      messages: [{ role: 'user', content: query }],
      temperature: 0.1,
      stream: false,
      ...(wantsJson ? { response_format: { type: 'json_object' } } : {}),
    };
    try {
      return await this.client.request({
        method: 'POST',
        url: `${this.base}/chat/completions`,
        headers: {
          'content-type': 'application/json',
          ...(api_key ? { authorization: `Bearer ${api_key}` } : {}),
        },
        body: JSON.stringify(body),
        signal,
      });
    } catch (error) {
      if (!mayHaveArrived(error)) trace.notTaken();
      // Cut by ourselves: that says nothing about the server.
      if (this.isClosed || signal.aborted) throw error;
      const reason = error instanceof ServiceError ? error.message : 'the call failed';
      throw new ModelOutage(`the server of the model: ${reason}`, { cause: error });
    }
  }
}
