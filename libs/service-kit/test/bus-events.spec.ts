import { pollUntil, sharedStack, type NatsServer } from '@alertagent/local-stack';
import {
  listRevisions,
  revisionPublished,
  rulePublished,
  ruleWithdrawn,
  ServiceError,
  type RevisionPublished,
  type RulePublished,
} from '@alertagent/contracts';
import { connect, type JetStreamManager, type NatsConnection } from 'nats';
import { defaultConsumerPolicy } from '../src/bus/event-consumer';
import type { Delivery } from '../src/bus/handlers';
import { currentContext } from '../src/context/request-context';
import { fakePeer, type FakePeer } from '../src/testing';
import { BusStand, type BusStandOptions } from './bus-stand';

const STREAM = 'ALERTAGENT_RULES';
const DURABLE = 'config-rules-rule-published';

const stack = sharedStack();
let nats: NatsServer;
let rules: FakePeer;
let raw: NatsConnection;
let manager: JetStreamManager;
const stands: BusStand[] = [];

beforeEach(async () => {
  nats = await stack.startTestNats();
  rules = await fakePeer({ natsUrl: nats.url, service: 'rules' });
  raw = await connect({ servers: nats.url, maxReconnectAttempts: -1, reconnectTimeWait: 100 });
  manager = await raw.jetstreamManager();
});
afterEach(async () => {
  for (const stand of stands.splice(0)) await stand.close();
  await Promise.all([rules.close(), raw.close()]);
  await nats.stop();
});
afterAll(() => stack.close());

const published = (name: string): RulePublished => ({
  rule_id: 'r1',
  version: 1,
  name,
  cluster_id: 'c1',
  published_at: '2026-01-01T00:00:00.000Z',
});

/** `config` with one interesting handler. */
async function config(
  onPublished: (event: RulePublished, delivery: Delivery) => Promise<unknown>,
  options: Partial<BusStandOptions> = {},
): Promise<BusStand> {
  const stand = new BusStand({ natsUrl: nats.url, service: 'config', handlers: [[rulePublished, onPublished]], ...options });
  stands.push(stand);
  return stand.start();
}
/** Creates the consumer as the service does, hands its first event out `times` times, and leaves it there, as a process does that dies. */
async function deliverAndDie(times: number): Promise<void> {
  const first = await config(async () => undefined);
  await pollUntil(() => manager.consumers.info(STREAM, DURABLE), { what: 'the consumer' });
  await first.close();
  stands.pop();
  await rules.publish(rulePublished, published('deadly'));
  const consumer = await raw.jetstream().consumers.get(STREAM, DURABLE);
  for (let died = 0; died < times; died += 1) {
    const message = await consumer.next({ expires: 5_000 });
    expect(message?.info.deliveryCount).toBe(died + 1);
    message?.nak();
  }
}

describe('an event of another service', () => {
  it('is handled once, acknowledged, and known by the id it was published with', async () => {
    const seen: [string, string, number][] = [];
    const stand = await config(async ({ name }, { messageId, deliveries }) => void seen.push([name, messageId, deliveries]));
    const ids = [await rules.publish(rulePublished, published('a')), await rules.publish(rulePublished, published('b'))];
    await pollUntil(() => stand.outcomes.length === 2, { what: 'both events' });
    expect(seen).toEqual([
      ['a', ids[0], 1],
      ['b', ids[1], 1],
    ]);
    const pending = async (): Promise<number> => {
      const { num_ack_pending, num_pending } = await manager.consumers.info(STREAM, DURABLE);
      return num_ack_pending + num_pending;
    };
    await pollUntil(async () => (await pending()) === 0, { what: 'the acknowledgements' });
  });

  it('waits in its stream until the service is there', async () => {
    await rules.publish(rulePublished, published('early'));
    const seen: string[] = [];
    await config(async ({ name }) => void seen.push(name));
    await pollUntil(() => seen.includes('early'), { what: 'the event published before the service started' });
  });

  it('is delivered again after a failure, later each time, and then handled', async () => {
    const asked: number[] = [];
    const counts: number[] = [];
    const stand = await config(
      async (_event, { deliveries }) => {
        counts.push(deliveries);
        if (deliveries < 3) throw new Error('not yet');
      },
      { policy: { redeliveryDelayMs: (deliveries) => (asked.push(deliveries), 20) } },
    );
    await rules.publish(rulePublished, published('a'));
    await pollUntil(() => stand.outcomes.includes('handled'), { what: 'the third attempt' });
    expect([counts, asked, stand.outcomes]).toEqual([[1, 2, 3], [1, 2], ['retried', 'retried', 'handled']]);
  });

  it('is delivered again after delays that grow up to a minute', () => {
    const bounds = (factor: number) => [0.75 * factor, 1.25 * factor] as const;
    for (const [deliveries, expected] of [[1, 500], [2, 1_000], [5, 8_000], [9, 60_000], [5_000, 60_000]] as const) {
      const delay = defaultConsumerPolicy.redeliveryDelayMs(deliveries);
      const [least, most] = bounds(expected);
      expect(delay).toBeGreaterThanOrEqual(least);
      expect(delay).toBeLessThanOrEqual(most);
    }
  });

  it('does not hold up the next one while it waits for its next delivery', async () => {
    const seen: string[] = [];
    await config(
      async ({ name }) => {
        seen.push(name);
        if (name === 'stuck') throw new Error('not yet');
      },
      { policy: { redeliveryDelayMs: () => 3_600_000 } },
    );
    await rules.publish(rulePublished, published('stuck'));
    await rules.publish(rulePublished, published('next'));
    await pollUntil(() => seen.includes('next'), { what: 'the next event' });
    expect(seen).toEqual(['stuck', 'next']);
  });

  it('is parked with reason, payload and headers after its last attempt, and the next one flows', async () => {
    const stand = await config(async ({ name }) => {
      if (name === 'poison') throw new Error('cannot digest it');
    });
    const id = await rules.publish(rulePublished, published('poison'));
    await rules.publish(rulePublished, published('fine'));
    await pollUntil(() => stand.parked.length > 0 && stand.outcomes.includes('handled'), { what: 'both outcomes' });
    expect(stand.parked).toEqual([
      expect.objectContaining({ messageId: id, handler: DURABLE, reason: 'cannot digest it', deliveries: 4 }),
    ]);
    expect(JSON.parse(stand.parked[0]?.payload ?? '')).toEqual(published('poison'));
    await pollUntil(async () => (await manager.consumers.info(STREAM, DURABLE)).num_ack_pending === 0, { what: 'its end' });
  });

  it.each([
    ['no JSON', 'not json'],
    ['another shape', '{"rule_id":5}'],
    ['no object', '[]'],
    ['no UTF-8', Buffer.from([0xff, 0xfe, 0x00])],
  ])('is parked at once, without reaching the handler, when its payload is %s', async (_what, data) => {
    let calls = 0;
    const stand = await config(async () => void (calls += 1));
    await raw.jetstream().publish(`${rulePublished.subject}.c1`, data);
    await rules.publish(rulePublished, published('fine'));
    await pollUntil(() => stand.outcomes.length === 2, { what: 'both outcomes' });
    expect([stand.outcomes, stand.parked[0]?.deliveries, calls]).toEqual([['parked', 'handled'], 1, 1]);
  });

  it('is parked at once when the handler says that repeating cannot help', async () => {
    const stand = await config(() => Promise.reject(new ServiceError('conflict', 'already gone')));
    await rules.publish(rulePublished, published('a'));
    await pollUntil(() => stand.parked.length === 1, { what: 'the parked event' });
    expect(stand.parked[0]).toMatchObject({ reason: 'already gone', deliveries: 1 });
  });

  it.each(['unavailable', 'deadline'] as const)('is never parked for what is away: %s', async (code) => {
    const stand = await config(async (_event, { deliveries }) => {
      if (deliveries < 12) throw new ServiceError(code, 'away');
    });
    await rules.publish(rulePublished, published('patient'));
    await pollUntil(() => stand.outcomes.includes('handled'), { what: 'the event after the outage' });
    expect(stand.parked).toEqual([]);
  });

  it('is kept by NATS while it cannot be parked, and is tried again before it is given up', async () => {
    let away = true;
    const stand = await config(
      async () => {
        if (away) throw new Error('the database is away');
      },
      { park: () => Promise.reject(new Error('the database is away')) },
    );
    await rules.publish(rulePublished, published('a'));
    const failed = (): number => stand.troubles.filter((trouble) => trouble === 'event could not be parked').length;
    await pollUntil(() => failed() >= 3, { what: 'attempts to park' });
    away = false;
    await pollUntil(() => stand.outcomes.includes('handled'), { what: 'the event once the database is back' });
    expect(stand.parked).toEqual([]);
  });

  it('is parked without another attempt when it was delivered too often to processes that died of it', async () => {
    await deliverAndDie(4);
    const seen: string[] = [];
    const stand = await config(async ({ name }) => void seen.push(name));
    await rules.publish(rulePublished, published('innocent'));
    await pollUntil(() => stand.parked.length === 1 && seen.length === 1, { what: 'the end of the deadly event' });
    expect(seen).toEqual(['innocent']);
    expect(stand.parked[0]).toMatchObject({ reason: 'delivered too often without an outcome', deliveries: 5 });
  });

  it('is not taken from the stream before its turn, so that it is not counted against it when the one before kills the process', async () => {
    let release = (): void => undefined;
    const stand = await config(() => new Promise<void>((resolve) => (release = resolve)));
    for (const name of ['slow', 'second', 'third']) await rules.publish(rulePublished, published(name));
    const info = await pollUntil(
      async () => {
        const consumer = await manager.consumers.info(STREAM, DURABLE);
        return consumer.delivered.stream_seq >= 1 && consumer;
      },
      { what: 'the first delivery' },
    );
    expect([info.num_ack_pending, info.num_pending]).toEqual([1, 2]);
    await pollUntil(() => (release(), stand.outcomes.length === 3), { what: 'all three' });
  });

  it('is not delivered a second time while its handler is slow but alive', async () => {
    let calls = 0;
    let release = (): void => undefined;
    const stand = await config(
      () => {
        calls += 1;
        return new Promise<void>((resolve) => (release = resolve));
      },
      { policy: { ackWaitMs: 300 } },
    );
    const twin = await config(async () => void (calls += 1), { policy: { ackWaitMs: 300 } });
    let signsOfLife = 0;
    raw.subscribe(`$JS.ACK.${STREAM}.${DURABLE}.>`, {
      callback: (_error, message) => void (signsOfLife += message.string() === '+WPI' ? 1 : 0),
    });
    await raw.flush();
    await rules.publish(rulePublished, published('slow'));
    // Five signs of life, each after a third of the time the server waits: it would have delivered again long ago.
    await pollUntil(() => signsOfLife >= 5, { what: 'signs of life' });
    expect((await manager.consumers.info(STREAM, DURABLE)).delivered.consumer_seq).toBe(1);
    release();
    await pollUntil(() => stand.outcomes.length + twin.outcomes.length === 1, { what: 'its end' });
    expect(calls).toBe(1);
  });

  it('carries megabytes', async () => {
    const lengths: number[] = [];
    await config(async ({ name }) => void lengths.push(name.length));
    await rules.publish(rulePublished, published('x'.repeat(3_000_000)));
    await pollUntil(() => lengths[0] === 3_000_000, { what: 'the large event' });
  });

  it('of each kind reaches its own handler only', async () => {
    const seen: string[] = [];
    const stand = await config(async () => void seen.push('published'), {
      handlers: [
        [rulePublished, async () => void seen.push('published')],
        [ruleWithdrawn, async () => void seen.push('withdrawn')],
      ],
    });
    await rules.publish(ruleWithdrawn, {
      rule_id: 'r1',
      version: 2,
      name: 'a',
      cluster_id: 'c1',
      deleted: true,
      withdrawn_at: '2026-01-01T00:00:00.000Z',
    });
    await pollUntil(() => stand.outcomes.length === 1, { what: 'the event' });
    expect(seen).toEqual(['withdrawn']);
  });
});

describe('a service that hears events', () => {
  it('goes on when NATS is killed and started again', async () => {
    const seen: string[] = [];
    await config(async ({ name }) => void seen.push(name));
    await rules.publish(rulePublished, published('before'));
    await pollUntil(() => seen.includes('before'), { what: 'the event before the crash' });
    nats.kill('SIGKILL');
    await nats.restart();
    await pollUntil(() => rules.publish(rulePublished, published('after'), 'after'), { what: 'a publication', timeoutMs: 20_000 });
    await pollUntil(() => seen.includes('after'), { what: 'the event after the crash', timeoutMs: 20_000 });
    expect(new Set(seen)).toEqual(new Set(['before', 'after']));
  });

  it('makes its consumer again when the stream was deleted under it', async () => {
    const seen: string[] = [];
    await config(async ({ name }) => void seen.push(name));
    await rules.publish(rulePublished, published('before'));
    await pollUntil(() => seen.includes('before'), { what: 'the event before' });
    await manager.streams.delete(STREAM);
    await rules.publish(rulePublished, published('after'));
    await pollUntil(() => seen.includes('after'), { what: 'the event in the new stream', timeoutMs: 20_000 });
  });

  it('finishes the event in hand when it closes, and takes no other', async () => {
    const finished: string[] = [];
    let release = (): void => undefined;
    let inHand = false;
    const stand = await config(async ({ name }) => {
      await new Promise<void>((resolve) => {
        release = resolve;
        inHand = true;
      });
      finished.push(name);
    });
    await rules.publish(rulePublished, published('first'));
    await rules.publish(rulePublished, published('second'));
    await pollUntil(() => inHand, { what: 'the first to be in hand' });
    const closed = stand.close();
    stands.pop();
    release();
    await closed;
    expect(finished).toEqual(['first']);
    expect(await manager.consumers.info(STREAM, DURABLE)).toMatchObject({ num_ack_pending: 0, num_pending: 1 });
  });
});

describe('the stream of a service', () => {
  it('gets the limits of this version when it exists with others', async () => {
    const wanted = (await manager.streams.info(STREAM)).config;
    await manager.streams.update(STREAM, { ...wanted, max_age: 3_600e9, max_bytes: 1_000_000 });
    await (await fakePeer({ natsUrl: nats.url, service: 'rules' })).close();
    expect((await manager.streams.info(STREAM)).config).toMatchObject({ max_age: wanted.max_age, max_bytes: wanted.max_bytes });
  });

  it('refuses what does not fit instead of dropping what is there', async () => {
    expect((await manager.streams.info(STREAM)).config).toMatchObject({ discard: 'new', retention: 'limits', storage: 'file' });
  });

  it('hands the context of a request on to whoever hears the event it caused', async () => {
    // The relay's part (request context → outbox row) is proven with the outbox; here: row headers → handler.
    const contexts: unknown[] = [];
    const stand = new BusStand({
      natsUrl: nats.url,
      service: 'rules',
      handlers: [[revisionPublished, async (_event: RevisionPublished) => void contexts.push(currentContext())]],
    });
    stands.push(stand);
    await stand.start();
    const source = await config(async () => undefined, { handlers: [[listRevisions, async () => ({ items: [] })]] });
    const event: RevisionPublished = { cluster_id: 'c1', type: 'prometheus-rules', revision: 1, hash: 'h', rules: [], published_at: 't' };
    await source.publisher.publish({
      id: 'm1',
      subject: `${revisionPublished.subject}.c1`,
      payload: JSON.stringify(event),
      headers: { 'x-correlation-id': 'ticket-7', traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` },
    });
    await pollUntil(() => contexts.length === 1, { what: 'the event' });
    expect(contexts).toEqual([
      { correlationId: 'ticket-7', traceparent: expect.stringMatching(`^00-${'a'.repeat(32)}-[0-9a-f]{16}-01$`) },
    ]);
  });
});
