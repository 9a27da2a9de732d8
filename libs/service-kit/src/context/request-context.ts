import { AsyncLocalStorage } from 'node:async_hooks';
import type { Actor } from '@alertagent/contracts';
import { childTraceparent, formatTraceparent, parseTraceparent } from './traceparent';

/** What follows one piece of work through HTTP, NATS, database jobs and logs. */
export interface RequestContext {
  /** Ties together all log lines and audit records of one request; equals the trace id unless the caller sent one. */
  readonly correlationId: string;
  /** W3C `traceparent` of the span this process works in. */
  readonly traceparent: string;
  /** W3C `tracestate`, passed on untouched. */
  readonly tracestate?: string;
  /** Who asked. Stays in this process: over NATS the actor is a field of the request, never a header. */
  readonly actor?: Actor;
}

/** What is known about the caller when a context is made. All of it may be absent or wrong. */
export interface ContextOrigin {
  traceparent?: string;
  tracestate?: string;
  correlationId?: string;
  actor?: Actor;
}

/** Header names, lower case, the same on HTTP and NATS. */
export const TRACEPARENT_HEADER = 'traceparent';
export const TRACESTATE_HEADER = 'tracestate';
export const CORRELATION_HEADER = 'x-correlation-id';

const CORRELATION_ID = /^[A-Za-z0-9._:-]{1,64}$/;
const TRACESTATE = /^[\x20-\x7e]{1,512}$/;

const storage = new AsyncLocalStorage<RequestContext>();

/** Runs `fn`, and everything it awaits, inside `context`. */
export function runInContext<T>(context: RequestContext, fn: () => T): T {
  return storage.run(context, fn);
}

/** The context of the work in progress; `undefined` outside of any (start-up, timers). */
export function currentContext(): RequestContext | undefined {
  return storage.getStore();
}

/**
 * A context for one hop. A valid `traceparent` is continued with a new span id; malformed values are dropped,
 * because they end up in log lines and outgoing headers.
 */
export function newContext(origin: ContextOrigin = {}): RequestContext {
  const parent = parseTraceparent(origin.traceparent);
  const span = childTraceparent(parent);
  const keepState = parent !== undefined && origin.tracestate !== undefined && TRACESTATE.test(origin.tracestate);
  return {
    correlationId:
      origin.correlationId !== undefined && CORRELATION_ID.test(origin.correlationId)
        ? origin.correlationId
        : span.traceId,
    traceparent: formatTraceparent(span),
    ...(keepState ? { tracestate: origin.tracestate } : {}),
    ...(origin.actor ? { actor: origin.actor } : {}),
  };
}

/** The same work, now known to be done for `actor` (after authentication). */
export function withActor(context: RequestContext, actor: Actor): RequestContext {
  return { ...context, actor };
}

/** Headers for an outgoing NATS message or HTTP request, so that the receiver continues this trace. */
export function toHeaders(context: RequestContext): Record<string, string> {
  return {
    [TRACEPARENT_HEADER]: context.traceparent,
    [CORRELATION_HEADER]: context.correlationId,
    ...(context.tracestate ? { [TRACESTATE_HEADER]: context.tracestate } : {}),
  };
}

/** The context of an incoming message or request; `get` looks a header up by its lower-case name. */
export function fromHeaders(get: (name: string) => string | undefined): RequestContext {
  return newContext({
    traceparent: get(TRACEPARENT_HEADER),
    tracestate: get(TRACESTATE_HEADER),
    correlationId: get(CORRELATION_HEADER),
  });
}
