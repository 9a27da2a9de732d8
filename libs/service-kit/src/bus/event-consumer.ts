import { durableName, parsePayload, ServiceError, streamName, type EventContract, type ServiceName } from '@alertagent/contracts';
import { AckPolicy, DeliverPolicy, type JetStreamManager, type JsMsg, type NatsConnection } from 'nats';
import { fromHeaders, runInContext } from '../context/request-context';
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
  /** After this many deliveries an event is parked. */
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
  redeliveryDelayMs: (deliveries) => Math.min(60_000, 250 * 2 ** Math.min(deliveries, 10)) * (0.75 + Math.random() / 2),
  ackWaitMs: 30_000,
  pullMs: 5_000,
};

export interface ConsumerPorts {
  invoke(event: object, delivery: Delivery): Promise<void>;
  park(message: PoisonMessage): Promise<void>;
  onOutcome(event: EventContract<never>, outcome: EventOutcome): void;
  onTrouble(message: string, fields: Record<string, unknown>): void;
}

/** Reads one event with one durable pull consumer, one message at a time so that facts stay in order. */
export class EventConsumer {
  readonly durable: string;
  private readonly stream: string;
  private stopping = false;
  private running: Promise<void> = Promise.resolve();
  private stopPull: (() => void) | null = null;

  constructor(
    private readonly service: ServiceName,
    private readonly contract: EventContract<never>,
    private readonly ports: ConsumerPorts,
    private readonly policy: ConsumerPolicy,
  ) {
    this.durable = durableName(service, contract);
    this.stream = streamName(contract.owner);
  }

  start(connection: NatsConnection): void {
    this.running = this.run(connection);
  }

  /** Finishes the message in hand and stops pulling. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.stopPull?.();
    await this.running;
  }

  private async run(connection: NatsConnection): Promise<void> {
    let failures = 0;
    while (!this.stopping && !connection.isClosed()) {
      try {
        await this.pullOnce(connection);
        failures = 0;
      } catch (error) {
        failures += 1;
        // The owner may not have created its stream yet, NATS may be restarting or its store may be gone.
        if (failures === 20 || failures % 120 === 0) {
          const reason = error instanceof Error ? error.message : String(error);
          this.ports.onTrouble('event consumer cannot read its stream', { stream: this.stream, durable: this.durable, reason });
        }
        await this.pause(Math.min(2_000, 100 * failures));
      }
    }
  }

  /** One pull: creates the consumer when it is missing, then handles what arrives until the pull is over. */
  private async pullOnce(connection: NatsConnection): Promise<void> {
    const manager = await connection.jetstreamManager({ checkAPI: false, timeout: 3_000 });
    await this.ensureConsumer(manager);
    const consumer = await connection.jetstream({ timeout: 3_000 }).consumers.get(this.stream, this.durable);
    const messages = await consumer.fetch({ max_messages: 100, expires: this.policy.pullMs });
    this.stopPull = () => messages.stop();
    if (this.stopping) messages.stop();
    for await (const message of messages) {
      await this.handle(message);
      if (this.stopping) break;
    }
    this.stopPull = null;
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
    const heartbeat = setInterval(() => message.working(), this.policy.ackWaitMs / 3);
    try {
      // A message that kills the process before it can fail must not come back for ever.
      if (deliveries > this.policy.maxDeliveries) throw new ServiceError('invalid', 'delivered too often without an outcome');
      const event = parsePayload(this.contract.payload, decodeMessage(message.data, message.headers));
      const context = fromHeaders((name) => message.headers?.get(name) || undefined);
      await runInContext(context, () => this.ports.invoke(event, delivery));
      message.ack();
      this.ports.onOutcome(this.contract, 'handled');
    } catch (error) {
      await this.fail(message, delivery, error);
    } finally {
      clearInterval(heartbeat);
    }
  }

  private async fail(message: JsMsg, delivery: Delivery, error: unknown): Promise<void> {
    const retryable = !(error instanceof ServiceError) || error.retryable;
    if (retryable && delivery.deliveries < this.policy.maxDeliveries) {
      message.nak(this.policy.redeliveryDelayMs(delivery.deliveries));
      this.ports.onOutcome(this.contract, 'retried');
      this.ports.onTrouble('event will be delivered again', { ...delivery, error });
      return;
    }
    try {
      await this.ports.park(this.poison(message, delivery, error));
    } catch (parkError) {
      // Nowhere to keep it yet: let the server keep it.
      message.nak(this.policy.redeliveryDelayMs(delivery.deliveries));
      this.ports.onTrouble('event could not be parked', { ...delivery, error: parkError });
      return;
    }
    // Without a reason: servers before 2.10.4 ignore a term that carries one.
    message.term();
    this.ports.onOutcome(this.contract, 'parked');
    this.ports.onTrouble('event parked', { ...delivery, error });
  }

  private poison(message: JsMsg, delivery: Delivery, error: unknown): PoisonMessage {
    const headers = Object.fromEntries((message.headers?.keys() ?? []).map((name) => [name, message.headers?.get(name) ?? '']));
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
