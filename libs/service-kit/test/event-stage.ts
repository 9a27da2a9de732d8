import { pollUntil, startNats, type NatsServer } from '@alertagent/local-stack';
import { rulePublished, type RulePublished } from '@alertagent/contracts';
import { connect, type JetStreamManager, type NatsConnection } from 'nats';
import type { Delivery } from '../src/bus/handlers';
import { fakePeer, type FakePeer } from '../src/testing';
import { BusStand, type BusStandOptions } from './bus-stand';

/** Stream and consumer of the event that the tests are about. */
export const STREAM = 'ALERTAGENT_RULES';
export const DURABLE = 'config-rules-rule-published';

export const published = (name: string): RulePublished => ({
  rule_id: 'r1',
  version: 1,
  name,
  cluster_id: 'c1',
  published_at: '2026-01-01T00:00:00.000Z',
});

/** A NATS server of its own with `rules`, which publishes, and a connection that may do everything. */
export class EventStage {
  private readonly stands: BusStand[] = [];

  private constructor(
    readonly nats: NatsServer,
    readonly rules: FakePeer,
    readonly raw: NatsConnection,
    readonly manager: JetStreamManager,
  ) {}

  static async open(): Promise<EventStage> {
    const nats = await startNats();
    const rules = await fakePeer({ natsUrl: nats.url, service: 'rules' });
    const raw = await connect({ servers: nats.url, maxReconnectAttempts: -1, reconnectTimeWait: 100 });
    return new EventStage(nats, rules, raw, await raw.jetstreamManager());
  }

  /** `config` with one interesting handler. */
  async config(
    onPublished: (event: RulePublished, delivery: Delivery) => Promise<unknown>,
    options: Partial<BusStandOptions> = {},
  ): Promise<BusStand> {
    const handlers: BusStandOptions['handlers'] = [[rulePublished, onPublished]];
    const stand = new BusStand({ natsUrl: this.nats.url, service: 'config', handlers, ...options });
    this.stands.push(stand);
    return stand.start();
  }

  /** Publishes an event and hands it out `times` times without an answer, as to processes that die of it. */
  async deliverAndDie(times: number): Promise<void> {
    const first = await this.config(async () => undefined);
    await pollUntil(() => this.manager.consumers.info(STREAM, DURABLE), { what: 'the consumer' });
    await first.close();
    await this.rules.publish(rulePublished, published('deadly'));
    const consumer = await this.raw.jetstream().consumers.get(STREAM, DURABLE);
    for (let died = 0; died < times; died += 1) {
      const message = await consumer.next({ expires: 5_000 });
      if (message?.info.deliveryCount !== died + 1) throw new Error('this was not the next delivery of the event');
      message.nak();
    }
  }

  async close(): Promise<void> {
    for (const stand of this.stands) await stand.close();
    await Promise.all([this.rules.close(), this.raw.close()]);
    await this.nats.stop();
  }
}
