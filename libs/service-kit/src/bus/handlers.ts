import type { EventContract, RequestContract } from '@alertagent/contracts';
import { applyDecorators, UseFilters } from '@nestjs/common';
import { Ctx, EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import { ErrorPassthroughFilter } from './error-passthrough.filter';

/** Marks our handlers for our transport, so that no other transport of a hybrid app binds them too. */
export const BUS = Symbol('alertagent-bus');

/** What is known about one delivery of an event; pass it to `Inbox.once`. */
export interface Delivery {
  /** The outbox row's id: the same for every redelivery. */
  readonly messageId: string;
  /** The durable consumer that reads it. */
  readonly handler: string;
  readonly subject: string;
  /** 1 on first delivery. */
  readonly deliveries: number;
}

/** How a handler takes its events. */
export interface EventOptions {
  /**
   * How many waiting events may be in its hands at once, 1 unless told: facts then stay in order. More are for handlers
   * that look at the present state instead of the event, so that a thousand events can share one look.
   */
  together?: number;
}

/** What the decorators hand to the strategy through Nest's handler metadata. */
export type HandlerExtras =
  | { kind: 'request'; contract: RequestContract<never, never> }
  | ({ kind: 'event'; contract: EventContract<never> } & EventOptions);

type RequestHandler<Q extends object, A extends object> = (query: Q) => Promise<A>;
type EventHandler<T extends object> = (event: T, delivery: Delivery) => Promise<void>;
type TypedMethod<Shape> = <H extends Shape>(
  target: object,
  method: string | symbol,
  descriptor: TypedPropertyDescriptor<H>,
) => void;

/** Answers a request of this service. The method's parameter and result are checked against the contract by the compiler. */
export function OnRequest<Q extends object, A extends object>(
  contract: RequestContract<Q, A>,
): TypedMethod<RequestHandler<Q, A>> {
  const extras = { kind: 'request', contract };
  return applyDecorators(
    MessagePattern(contract.subject, BUS, extras),
    UseFilters(ErrorPassthroughFilter),
  ) as TypedMethod<RequestHandler<Q, A>>;
}

/**
 * Consumes an event of another service, at least once. Returning acknowledges; a retryable error brings
 * the event back later; anything else parks it. Wrap the work in `Inbox.once` so that a repeat does nothing.
 */
export function OnEvent<T extends object>(
  contract: EventContract<T>,
  options: EventOptions = {},
): TypedMethod<EventHandler<T>> {
  const extras = { kind: 'event', contract, ...options };
  const mark = applyDecorators(EventPattern(contract.subject, BUS, extras), UseFilters(ErrorPassthroughFilter));
  return (target, method, descriptor) => {
    // Nest hands a handler its payload only, unless each parameter says what it wants.
    Payload()(target, method, 0);
    Ctx()(target, method, 1);
    mark(target, method, descriptor);
  };
}
