import { access, requestsOf, ServiceError, type EventContract, type ServiceName } from '@alertagent/contracts';
import { Bus } from '../src/bus/bus';
import { BusStrategy } from '../src/bus/bus-strategy';
import type { ConsumerPolicy, EventOutcome, PoisonMessage } from '../src/bus/event-consumer';
import type { Delivery } from '../src/bus/handlers';
import { JetStreamPublisher } from '../src/bus/jetstream-publisher';
import { NatsLink } from '../src/bus/nats-link';

type Handler = (payload: never, delivery: Delivery) => Promise<unknown>;

export interface BusStandOptions {
  natsUrl: string;
  service: ServiceName;
  username?: string;
  password?: string;
  /** Handlers by contract. What is not given refuses (requests) or does nothing (events). */
  handlers?: [contract: { subject: string }, handler: Handler][];
  /** How many events each handler takes at once. */
  together?: number;
  /** Quick unless told, so that tests need not wait. */
  policy?: Partial<ConsumerPolicy>;
  /** Keeps a poison message; throws when it cannot. */
  park?: (message: PoisonMessage) => Promise<void>;
}

/** A service's whole side of the bus, without Nest and without a database. */
export class BusStand {
  readonly link: NatsLink;
  readonly bus: Bus;
  readonly publisher: JetStreamPublisher;
  readonly strategy: BusStrategy;
  readonly parked: PoisonMessage[] = [];
  readonly outcomes: EventOutcome[] = [];
  readonly troubles: string[] = [];

  constructor(options: BusStandOptions) {
    const { service, natsUrl, username, password, handlers = [] } = options;
    this.link = new NatsLink({ url: natsUrl, service, username, password });
    this.bus = new Bus(this.link, service);
    this.publisher = new JetStreamPublisher(this.link, service);
    const policy = {
      maxDeliveries: 4,
      redeliveryDelayMs: () => 20,
      ackWaitMs: 5_000,
      pullMs: 1_000,
      ...options.policy,
    };
    const ports = {
      park: async (message: PoisonMessage) => {
        await options.park?.(message);
        this.parked.push(message);
      },
      onEvent: (_event: EventContract<never>, outcome: EventOutcome) => void this.outcomes.push(outcome),
      onRequest: () => undefined,
      onTrouble: (message: string) => void this.troubles.push(message),
    };
    this.strategy = new BusStrategy(service, this.link, ports, policy);
    const given = new Map(handlers.map(([{ subject }, handler]) => [subject, handler as never]));
    const refuse = async (): Promise<never> => {
      throw new ServiceError('not_found', `${service} has nothing`);
    };
    for (const contract of requestsOf(service)) {
      const extras = { kind: 'request', contract };
      this.strategy.addHandler(contract.subject, given.get(contract.subject) ?? refuse, false, extras);
    }
    for (const contract of access[service].hears) {
      const extras = { kind: 'event', contract, together: options.together };
      this.strategy.addHandler(contract.subject, given.get(contract.subject) ?? (async () => undefined), true, extras);
    }
  }

  /** Resolves when the stream exists and the handlers are bound. */
  async start(): Promise<this> {
    this.strategy.listen((error) => {
      if (error) throw error;
    });
    const connection = await this.link.whenOpen();
    await this.publisher.ensureStream();
    await connection.flush();
    return this;
  }

  /** May be called twice. */
  async close(): Promise<void> {
    await this.strategy.close();
    await this.link.close();
  }
}
