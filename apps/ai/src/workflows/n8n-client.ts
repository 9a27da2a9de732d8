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
import type { Prompt } from '../analysts/prompt';
import { WorkflowCallError } from './workflow-call-error';
import { workflowRequest, type WorkflowSubject } from './workflow-request';

/** A started workflow answers a sentence; whatever sends more is not one. */
const MAX_ANSWER_BYTES = 65_536;
/** Failures of a workflow in a row after which it is left alone for a while. */
const FAILURES_TO_OPEN = 5;
const OPEN_MS = 30_000;

/** What leads to a path in n8n. A workflow that is missing or fails says nothing about the others, and one that hangs takes no connection of theirs. */
interface Line {
  breaker: CircuitBreakerPolicy;
  client: OutboundClient;
}

/** Starts workflows in n8n by their webhooks. */
@Injectable()
export class N8nClient {
  private readonly base: string | undefined;
  private readonly allow: readonly string[];
  private readonly lines = new Map<string, Line>();
  private isClosed = false;

  constructor(private readonly config: AlertAgentConfig) {
    const { n8n, security } = config;
    this.base = n8n.webhookBase();
    const own = this.base ? [new URL(this.base).origin] : [];
    // The operator typed this address, so it may be on loopback or in a private range.
    this.allow = [...security.outbound_allow, ...own];
  }

  /** Whether an n8n is configured. */
  get isConfigured(): boolean {
    return this.base !== undefined;
  }

  /**
   * Asks n8n to start the workflow, with what a model may be asked, and returns once it said that it did. The id of the analysis is the idempotency key:
   * it is the same for every repetition. Errors: WorkflowCallError; anything else when the call was cut by `close`.
   */
  async start(subject: WorkflowSubject, prompt: Prompt): Promise<void> {
    const body = workflowRequest(subject, prompt, this.config.server.publicUrl());
    await this.call(this.pathOf(subject.workflow), { key: subject.id, body });
  }

  /** Posts to the webhook at a path, below the base. Errors: as for `start`. */
  async call(path: string, request: { key: string; body: object }): Promise<void> {
    if (this.isClosed) throw new Error('no more workflows are started: the service ends');
    try {
      const { breaker, client } = this.lineTo(path);
      await breaker.execute(() => this.post(client, path, request));
    } catch (error) {
      if (!(error instanceof BrokenCircuitError)) throw error;
      throw new WorkflowCallError('n8n failed several times in a row and is left alone for a while', true, false, {
        cause: error,
      });
    }
  }

  /** Cuts open calls. */
  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all([...this.lines.values()].map(({ client }) => client.close()));
  }

  private async post(
    client: OutboundClient,
    path: string,
    { key, body }: { key: string; body: object },
  ): Promise<void> {
    const { header_auth_name, header_auth_value } = this.config.n8n;
    const url = `${this.base}/${encoded(path)}`;
    const headers = {
      'content-type': 'application/json',
      'idempotency-key': key,
      ...(header_auth_value ? { [header_auth_name]: header_auth_value } : {}),
    };
    let answer: OutboundResponse;
    try {
      answer = await client.request({ method: 'POST', url, headers, body: JSON.stringify(body) });
    } catch (error) {
      // Cut by ourselves: that says nothing about n8n.
      throw this.isClosed ? error : callFailed(error);
    }
    const problem = problemOf(answer);
    if (problem) throw problem;
  }

  private lineTo(path: string): Line {
    const known = this.lines.get(path);
    if (known) return known;
    const breaker = circuitBreaker(
      handleWhen((error) => error instanceof WorkflowCallError && error.worthRetrying),
      { halfOpenAfter: OPEN_MS, breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN) },
    );
    const client = outboundClient({
      allow: this.allow,
      totalMs: this.config.n8n.timeout,
      maxBodyBytes: MAX_ANSWER_BYTES,
    });
    const line = { breaker, client };
    this.lines.set(path, line);
    return line;
  }

  /** A routed name that the configuration knows as a workflow, such as `alert-analysis`, is called at the path configured for it. */
  private pathOf(workflow: string): string {
    const configured: unknown = Reflect.get(this.config.n8n.workflows, workflow.replaceAll('-', '_'));
    return typeof configured === 'string' ? configured : workflow;
  }
}

const encoded = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

function callFailed(error: unknown): WorkflowCallError {
  const isRefused = error instanceof ServiceError && error.code === 'invalid';
  const reason = error instanceof ServiceError ? error.message : 'the call failed';
  return new WorkflowCallError(`n8n: ${reason}`, !isRefused, !isRefused, { cause: error });
}

function problemOf({ status, body }: OutboundResponse): WorkflowCallError | null {
  if (status >= 200 && status < 300) {
    // A login page or proxy in between also answers 200; n8n answers JSON or nothing.
    return body.trim() === '' || isJson(body)
      ? null
      : new WorkflowCallError('n8n answered something that is not JSON', true, true);
  }
  if (status >= 300 && status < 400)
    return new WorkflowCallError(`n8n answered ${status}; redirects are not followed`, false, false);
  if (status === 401 || status === 403)
    return new WorkflowCallError(`n8n refused the header authentication (${status})`, false, false);
  // A webhook is registered some seconds after its workflow was published or n8n was started.
  if (status === 404) return new WorkflowCallError('n8n knows no published workflow at this path (404)', true, false);
  const mayHaveBegun = status === 408 || status >= 500;
  return new WorkflowCallError(`n8n answered ${status}`, mayHaveBegun || status === 429, mayHaveBegun);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
