import {
  access,
  durableName,
  parsePayload,
  requestsOf,
  ServiceError,
  type EventContract,
  type RequestContract,
  type ServiceName,
} from '@alertagent/contracts';
import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import type { Msg, NatsConnection, Subscription } from 'nats';
import { lastValueFrom } from 'rxjs';
import { fromHeaders, runInContext } from '../context/request-context';
import { toDatabaseServiceError } from '../database/database-errors';
import {
  defaultConsumerPolicy,
  EventConsumer,
  type ConsumerPolicy,
  type EventOutcome,
  type HeardEvent,
  type PoisonMessage,
} from './event-consumer';
import { BUS, type Delivery, type HandlerExtras } from './handlers';
import type { NatsLink } from './nats-link';
import { decodeMessage, encodeError, encodeMessage } from './wire-format';

/** What the strategy needs from the rest of the service. */
export interface BusPorts {
  park(message: PoisonMessage): Promise<void>;
  onEvent(contract: EventContract<never>, outcome: EventOutcome): void;
  onRequest(contract: RequestContract<never, never>, code: 'ok' | ServiceError['code'], seconds: number): void;
  onTrouble(message: string, fields: Record<string, unknown>): void;
}

interface EventEntry extends HeardEvent {
  handler: MessageHandler;
}

/** A service whose handlers don't match its contracts must not start half deaf. */
export class HandlerMismatchError extends Error {
  override readonly name = 'HandlerMismatchError';
}

/**
 * Nest transport over NATS: requests by core request/reply in the service's queue group, events by durable
 * JetStream consumers. It binds in the background, so that a service starts without NATS.
 */
export class BusStrategy extends Server implements CustomTransportStrategy {
  override readonly transportId = BUS;
  private readonly requests = new Map<string, { contract: RequestContract<never, never>; handler: MessageHandler }>();
  private readonly events = new Map<string, EventEntry>();
  private readonly problems: string[] = [];
  private consumers: EventConsumer[] = [];
  private subscriptions: Subscription[] = [];
  private closing = false;
  private readonly inFlight = new Set<Promise<void>>();

  constructor(
    private readonly service: ServiceName,
    private readonly link: NatsLink,
    private readonly ports: BusPorts,
    private readonly policy: ConsumerPolicy = defaultConsumerPolicy,
  ) {
    super();
  }

  /** Called by Nest for each decorated method. */
  override addHandler(
    pattern: unknown,
    callback: MessageHandler,
    _isEvent?: boolean,
    extras?: Record<string, unknown>,
  ): void {
    const declared = extras as HandlerExtras | undefined;
    if (!declared?.contract) {
      this.problems.push(`${String(pattern)} is handled without a contract`);
      return;
    }
    const { subject } = declared.contract;
    if (this.requests.has(subject) || this.events.has(subject)) this.problems.push(`${subject} has two handlers`);
    if (declared.kind === 'request') this.requests.set(subject, { contract: declared.contract, handler: callback });
    else {
      const { contract, together = 1 } = declared;
      this.events.set(subject, { contract, together, handler: callback });
    }
  }

  listen(callback: (error?: unknown) => void): void {
    try {
      this.assertComplete();
    } catch (error) {
      callback(error);
      return;
    }
    void this.link
      .whenOpen()
      .then((connection) => this.bind(connection))
      .catch((error: unknown) => this.ports.onTrouble('no handler is bound to the message bus', { error }));
    callback();
  }

  /** Stops taking work, finishes what is in hand. The link itself is closed by its owner. */
  async close(): Promise<void> {
    this.closing = true;
    // All at once: a consumer that is told later takes another event meanwhile.
    await Promise.all([
      ...this.subscriptions.map((subscription) => subscription.drain().catch(() => undefined)),
      ...this.consumers.map((consumer) => consumer.stop()),
    ]);
    await Promise.all(this.inFlight);
  }

  on(): void {
    // Nest asks for it; this transport publishes its state through metrics and readiness instead.
  }

  unwrap<T>(): T {
    return this.link as T;
  }

  /** Runs one event handler outside NATS, for a parked message that is replayed. */
  async replay(
    handlerName: string,
    payload: unknown,
    messageId: string,
    headers: Record<string, string>,
  ): Promise<void> {
    const entry = [...this.events.values()].find(({ contract }) => durableName(this.service, contract) === handlerName);
    if (!entry) throw new ServiceError('not_found', `this service has no handler ${handlerName.slice(0, 80)}`);
    const event = parsePayload(entry.contract.payload, payload);
    const delivery = { messageId, handler: handlerName, subject: entry.contract.subject, deliveries: 1 };
    await runInContext(
      fromHeaders((name) => headers[name]),
      () => this.invoke(entry.handler, event, delivery),
    );
  }

  private assertComplete(): void {
    const problems = [...this.problems];
    const owned = requestsOf(this.service).map((request) => request.subject);
    for (const subject of owned) if (!this.requests.has(subject)) problems.push(`${subject} has no handler`);
    for (const [subject, { contract }] of this.requests) {
      if (contract.owner !== this.service) problems.push(`${subject} belongs to ${contract.owner}`);
      else if (!owned.includes(subject)) problems.push(`${subject} is handled but not declared in contracts`);
    }
    const heard = access[this.service].hears.map((event) => event.subject);
    for (const subject of heard) if (!this.events.has(subject)) problems.push(`${subject} has no handler`);
    for (const subject of this.events.keys()) {
      if (!heard.includes(subject)) problems.push(`${subject} is handled but not declared in contracts/access.ts`);
    }
    if (problems.length > 0) throw new HandlerMismatchError(`${this.service} refuses to start: ${problems.join('; ')}`);
  }

  private bind(connection: NatsConnection): void {
    if (this.closing) return;
    this.subscriptions = [...this.requests.values()].map(({ contract, handler }) =>
      connection.subscribe(contract.subject, {
        queue: this.service,
        callback: (error, message) => {
          if (error) this.ports.onTrouble('request subscription failed', { subject: contract.subject, error });
          else this.track(this.answer(contract, handler, message));
        },
      }),
    );
    this.consumers = [...this.events.values()].map(
      ({ contract, together, handler }) =>
        new EventConsumer(
          this.service,
          { contract, together },
          {
            invoke: async (event, delivery) => {
              await this.invoke(handler, event, delivery);
            },
            park: (message) => this.ports.park(message),
            onOutcome: (event, outcome) => this.ports.onEvent(event, outcome),
            onTrouble: (message, fields) => this.ports.onTrouble(message, fields),
          },
          this.policy,
        ),
    );
    for (const consumer of this.consumers) consumer.start(connection);
  }

  private track(work: Promise<void>): void {
    const settled = work
      // The asker is left to its deadline; nothing else can be done without a connection.
      .catch((error: unknown) => this.ports.onTrouble('a request could not be answered', { error }))
      .finally(() => this.inFlight.delete(settled));
    this.inFlight.add(settled);
  }

  private async answer(contract: RequestContract<never, never>, handler: MessageHandler, message: Msg): Promise<void> {
    const started = performance.now();
    const context = fromHeaders((name) => message.headers?.get(name) || undefined);
    let code: 'ok' | ServiceError['code'] = 'ok';
    try {
      const query = parsePayload(contract.request, decodeMessage(message.data, message.headers));
      const answer = await runInContext(context, async () => this.invoke(handler, query));
      const reply = encodeMessage(parseReply(contract, answer));
      message.respond(reply.data, { headers: reply.headers });
    } catch (thrown) {
      // A database that is away is nobody's fault and passes.
      const error = toDatabaseServiceError(thrown);
      code = error instanceof ServiceError ? error.code : 'internal';
      if (code === 'internal') {
        runInContext(context, () => this.ports.onTrouble('request failed', { subject: contract.subject, error }));
      }
      const reply = encodeError(error);
      message.respond(reply.data, { headers: reply.headers });
    }
    this.ports.onRequest(contract, code, (performance.now() - started) / 1000);
  }

  private async invoke(handler: MessageHandler, payload: object, delivery?: Delivery): Promise<unknown> {
    const result = this.transformToObservable(await handler(payload, delivery));
    return lastValueFrom(result, { defaultValue: undefined }) as Promise<unknown>;
  }
}

/** An answer that breaks its own contract is this service's fault, not the caller's. */
function parseReply(contract: RequestContract<never, never>, answer: unknown): object {
  try {
    return parsePayload(contract.reply, answer);
  } catch (cause) {
    throw new ServiceError('internal', `the answer to ${contract.subject} breaks its contract`, { cause });
  }
}
