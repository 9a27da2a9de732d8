import {
  durableName,
  parsePayload,
  ServiceError,
  streamName,
  type EventContract,
  type ServiceName,
} from '@alertagent/contracts';
import { AckPolicy, DeliverPolicy, type Consumer, type JetStreamManager, type JsMsg, type NatsConnection } from 'nats';
import { fromHeaders, runInContext } from '../context/request-context';
import { toDatabaseServiceError } from '../database/database-errors';
import type { Delivery } from './handlers';
import { decodeMessage, decodeText } from './wire-format';

/** An event that no attempt could handle, on its way to the parked messages. */
export interface PoisonMessage {
  messageId: string;
  handler: string;
  subject: string;
  payload: string;
  headers: Record<string, string>;
  reason: string;
  deliveries: number;
}

export type EventOutcome = 'handled' | 'retried' | 'parked';

export interface ConsumerPolicy {
  /** After this many deliveries an event whose handler fails is parked; one that only waits for something that is away is not. */
  maxDeliveries: number;
  /** Delay before delivery n+1, in milliseconds. */
  redeliveryDelayMs(deliveries: number): number;
  /** How long the server waits for an acknowledgement before it delivers again, in milliseconds. */
  ackWaitMs: number;
  /** How long one pull waits for messages before the consumer looks whether its stream still exists, in milliseconds. */
  pullMs: number;
}

export const defaultConsumerPolicy: ConsumerPolicy = {
  maxDeliveries: 8,
  redeliveryDelayMs: (deliveries) => Math.min(5_000, 250 * 2 ** Math.min(deliveries, 10)) * (0.75 + Math.random() / 2),
  ackWaitMs: 30_000,
  pullMs: 5_000,
};

export interface ConsumerPorts {
  invoke(event: object, delivery: Delivery): Promise<void>;
  park(message: PoisonMessage): Promise<void>;
  onOutcome(event: EventContract<never>, outcome: EventOutcome): void;
  onTrouble(message: string, fields: Record<string, unknown>): void;
}

/** An event that a service hears, and how many of them its handler takes at once. */
export interface HeardEvent {
  contract: EventContract<never>;
  together: number;
}

/** Reads one event with one durable pull consumer, one message at a time so that facts stay in order, unless its handler takes more. */
export class EventConsumer {
  readonly durable: string;
  private readonly stream: string;
  private stopping = false;
  private running: Promise<void> = Promise.resolve();
  private stopPull: (() => void) | null = null;
  /** Events this process gave back itself, by stream sequence: however often they were delivered, they did not kill it. */
  private readonly givenBack = new Set<number>();
  private readonly contract: EventContract<never>;
  private readonly together: number;
  /** What is being handled. */
  private readonly inHand = new Set<Promise<void>>();
  /** Until an event comes for the first time, the ones that come may have killed the process before: each is taken alone. */
  private careful = true;

  constructor(
    private readonly service: ServiceName,
    { contract, together }: HeardEvent,
    private readonly ports: ConsumerPorts,
    private readonly policy: ConsumerPolicy,
  ) {
    this.contract = contract;
    this.together = together;
    this.durable = durableName(service, contract);
    this.stream = streamName(contract.owner);
  }

  start(connection: NatsConnection): void {
    this.running = this.run(connection);
  }

  /** Finishes what is in hand and stops pulling. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.stopPull?.();
    await this.running;
  }

  private async run(connection: NatsConnection): Promise<void> {
    let failures = 0;
    while (!this.stopping && !connection.isClosed()) {
      try {
        await this.drain(connection);
        failures = 0;
      } catch (error) {
        failures += 1;
        // The owner may not have created its stream yet, NATS may be restarting or its store may be gone.
        if (failures === 20 || failures % 120 === 0) {
          const reason = error instanceof Error ? error.message : String(error);
          this.ports.onTrouble('event consumer cannot read its stream', {
            stream: this.stream,
            durable: this.durable,
            reason,
          });
        }
        await this.pause(Math.min(2_000, 100 * failures));
      }
    }
    await Promise.allSettled(this.inHand);
  }

  /** Creates the consumer when it is missing, then handles what arrives until nothing came for one pull. */
  private async drain(connection: NatsConnection): Promise<void> {
    const manager = await connection.jetstreamManager({ checkAPI: false, timeout: 3_000 });
    await this.ensureConsumer(manager);
    const consumer = await connection.jetstream({ timeout: 3_000 }).consumers.get(this.stream, this.durable);
    while (!this.stopping && (await this.pull(consumer))) {
      // Another one may be waiting.
    }
  }

  /**
   * Takes as many events as its handler may still have in hand; false when none came. No more than that also on the wire: events that
   * wait in this process for a slow or deadly one before them would be counted as delivered, and parked for what they did not do.
   */
  private async pull(consumer: Consumer): Promise<boolean> {
    const room = await this.room();
    if (this.stopping) return false;
    const messages = await consumer.fetch({ max_messages: room, expires: this.policy.pullMs });
    this.stopPull = () => messages.stop();
    if (this.stopping) messages.stop();
    let came = false;
    for await (const message of messages) {
      came = true;
      if (this.stopping) message.nak();
      else this.take(message);
    }
    return came;
  }

  /** How many events may come now; waits until it is one at least. Errors: one in hand could not be settled with the server. */
  private async room(): Promise<number> {
    const most = (): number => (this.careful ? 1 : this.together);
    while (this.inHand.size >= most()) await Promise.race(this.inHand);
    return most() - this.inHand.size;
  }

  private take(message: JsMsg): void {
    this.careful = message.info.redelivered && !this.givenBack.has(message.seq);
    const work = this.handle(message).finally(() => this.inHand.delete(work));
    // Whoever waits for room hears of it; an event that was not settled comes again.
    work.catch(() => undefined);
    this.inHand.add(work);
  }

  private async ensureConsumer(manager: JetStreamManager): Promise<void> {
    const known = await manager.consumers.info(this.stream, this.durable).catch(() => null);
    if (known) return;
    await manager.consumers.add(this.stream, {
      durable_name: this.durable,
      filter_subject: `${this.contract.subject}.*`,
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.All,
      ack_wait: this.policy.ackWaitMs * 1e6,
      max_deliver: -1,
      max_ack_pending: 1000,
    });
  }

  private async handle(message: JsMsg): Promise<void> {
    const deliveries = message.info.deliveryCount;
    const delivery: Delivery = {
      messageId: message.headers?.get('Nats-Msg-Id') || `${this.stream}:${message.seq}`,
      handler: this.durable,
      subject: message.subject,
      deliveries,
    };
    const context = fromHeaders((name) => message.headers?.get(name) || undefined);
    const heartbeat = setInterval(() => message.working(), this.policy.ackWaitMs / 3);
    try {
      await runInContext(context, () => this.attempt(message, delivery));
    } finally {
      clearInterval(heartbeat);
    }
  }

  private async attempt(message: JsMsg, delivery: Delivery): Promise<void> {
    try {
      // A message that kills the process before it can fail must not come back for ever.
      const survived = this.givenBack.has(message.seq);
      if (delivery.deliveries > this.policy.maxDeliveries && !survived) {
        throw new ServiceError('invalid', 'delivered too often without an outcome');
      }
      const event = parsePayload(this.contract.payload, decodeMessage(message.data, message.headers));
      await this.ports.invoke(event, delivery);
    } catch (error) {
      // What a database that is away refuses is not at fault.
      await this.fail(message, delivery, toDatabaseServiceError(error));
      return;
    }
    message.ack();
    this.givenBack.delete(message.seq);
    this.ports.onOutcome(this.contract, 'handled');
  }

  private async fail(message: JsMsg, delivery: Delivery, error: unknown): Promise<void> {
    if (this.mayHelpToWait(error, delivery)) {
      this.giveBack(message, delivery);
      this.ports.onOutcome(this.contract, 'retried');
      this.ports.onTrouble('event will be delivered again', { ...delivery, error });
      return;
    }
    try {
      await this.ports.park(this.poison(message, delivery, error));
    } catch (parkError) {
      // Nowhere to keep it yet: let the server keep it.
      this.giveBack(message, delivery);
      this.ports.onTrouble('event could not be parked', { ...delivery, error: parkError });
      return;
    }
    // Without a reason: servers before 2.10.4 ignore a term that carries one.
    message.term();
    this.givenBack.delete(message.seq);
    this.ports.onOutcome(this.contract, 'parked');
    this.ports.onTrouble('event parked', { ...delivery, error });
  }

  /** Something that is away comes back, and the event is not at fault; anything else gets a limited number of tries. */
  private mayHelpToWait(error: unknown, { deliveries }: Delivery): boolean {
    if (!(error instanceof ServiceError)) return deliveries < this.policy.maxDeliveries;
    if (error.code === 'unavailable' || error.code === 'deadline') return true;
    return error.retryable && deliveries < this.policy.maxDeliveries;
  }

  private giveBack(message: JsMsg, { deliveries }: Delivery): void {
    this.givenBack.add(message.seq);
    // Whole milliseconds: the server takes a fraction for no delay at all.
    message.nak(Math.round(this.policy.redeliveryDelayMs(deliveries)));
  }

  private poison(message: JsMsg, delivery: Delivery, error: unknown): PoisonMessage {
    const headers = Object.fromEntries(
      (message.headers?.keys() ?? []).map((name) => [name, message.headers?.get(name) ?? '']),
    );
    return {
      messageId: delivery.messageId,
      handler: delivery.handler,
      subject: delivery.subject,
      payload: readable(message),
      headers,
      reason: (error instanceof Error ? error.message : String(error)).slice(0, 1000),
      deliveries: delivery.deliveries,
    };
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.stopPull = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function readable(message: JsMsg): string {
  try {
    return decodeText(message.data, message.headers);
  } catch {
    return Buffer.from(message.data).toString('base64');
  }
}
