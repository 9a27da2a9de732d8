import { pollUntil } from '@alertagent/local-stack';
import { rulePublished, ruleWithdrawn } from '@alertagent/contracts';
import { defaultConsumerPolicy } from '../src/bus/event-consumer';
import { fakePeer } from '../src/testing';
import { DURABLE, EventStage, published, STREAM } from './event-stage';

let stage: EventStage;
beforeEach(async () => {
  stage = await EventStage.open();
});
afterEach(() => stage.close());

describe('an event of another service', () => {
  it('is handled once, acknowledged, and known by the id it was published with', async () => {
    const seen: [string, string, number][] = [];
    const stand = await stage.config(
      async ({ name }, { messageId, deliveries }) => void seen.push([name, messageId, deliveries]),
    );
    const ids = [
      await stage.rules.publish(rulePublished, published('a')),
      await stage.rules.publish(rulePublished, published('b')),
    ];
    await pollUntil(() => stand.outcomes.length === 2, { what: 'both events' });
    expect(seen).toEqual([
      ['a', ids[0], 1],
      ['b', ids[1], 1],
    ]);
    const pending = async (): Promise<number> => {
      const { num_ack_pending, num_pending } = await stage.manager.consumers.info(STREAM, DURABLE);
      return num_ack_pending + num_pending;
    };
    await pollUntil(async () => (await pending()) === 0, { what: 'the acknowledgements' });
  });

  it('waits in its stream until the service is there', async () => {
    await stage.rules.publish(rulePublished, published('early'));
    const seen: string[] = [];
    await stage.config(async ({ name }) => void seen.push(name));
    await pollUntil(() => seen.includes('early'), { what: 'the event published before the service started' });
  });

  it('is delivered again after a failure, later each time, and then handled', async () => {
    const asked: number[] = [];
    const counts: number[] = [];
    const stand = await stage.config(
      async (_event, { deliveries }) => {
        counts.push(deliveries);
        if (deliveries < 3) throw new Error('not yet');
      },
      { policy: { redeliveryDelayMs: (deliveries) => (asked.push(deliveries), 20) } },
    );
    await stage.rules.publish(rulePublished, published('a'));
    await pollUntil(() => stand.outcomes.includes('handled'), { what: 'the third attempt' });
    expect([counts, asked, stand.outcomes]).toEqual([
      [1, 2, 3],
      [1, 2],
      ['retried', 'retried', 'handled'],
    ]);
  });

  it('is delivered again after delays that grow up to five seconds', () => {
    const bounds = (factor: number) => [0.75 * factor, 1.25 * factor] as const;
    for (const [deliveries, expected] of [
      [1, 500],
      [2, 1_000],
      [4, 4_000],
      [5, 5_000],
      [5_000, 5_000],
    ] as const) {
      const delay = defaultConsumerPolicy.redeliveryDelayMs(deliveries);
      const [least, most] = bounds(expected);
      expect(delay).toBeGreaterThanOrEqual(least);
      expect(delay).toBeLessThanOrEqual(most);
    }
  });

  it('does not hold up the next one while it waits for its next delivery', async () => {
    const seen: string[] = [];
    await stage.config(
      async ({ name }) => {
        seen.push(name);
        if (name === 'stuck') throw new Error('not yet');
      },
      { policy: { redeliveryDelayMs: () => 3_600_000 } },
    );
    await stage.rules.publish(rulePublished, published('stuck'));
    await stage.rules.publish(rulePublished, published('next'));
    await pollUntil(() => seen.includes('next'), { what: 'the next event' });
    expect(seen).toEqual(['stuck', 'next']);
  });

  it('is not delivered a second time while its handler is slow but alive', async () => {
    let calls = 0;
    let release = (): void => undefined;
    const stand = await stage.config(
      () => {
        calls += 1;
        return new Promise<void>((resolve) => (release = resolve));
      },
      { policy: { ackWaitMs: 300 } },
    );
    const twin = await stage.config(async () => void (calls += 1), { policy: { ackWaitMs: 300 } });
    let signsOfLife = 0;
    stage.raw.subscribe(`$JS.ACK.${STREAM}.${DURABLE}.>`, {
      callback: (_error, message) => void (signsOfLife += message.string() === '+WPI' ? 1 : 0),
    });
    await stage.raw.flush();
    await stage.rules.publish(rulePublished, published('slow'));
    // Five signs of life, each after a third of the time the server waits: it would have delivered again long ago.
    await pollUntil(() => signsOfLife >= 5, { what: 'signs of life' });
    expect((await stage.manager.consumers.info(STREAM, DURABLE)).delivered.consumer_seq).toBe(1);
    release();
    await pollUntil(() => stand.outcomes.length + twin.outcomes.length === 1, { what: 'its end' });
    expect(calls).toBe(1);
  });

  it('carries megabytes', async () => {
    const lengths: number[] = [];
    await stage.config(async ({ name }) => void lengths.push(name.length));
    await stage.rules.publish(rulePublished, published('x'.repeat(3_000_000)));
    await pollUntil(() => lengths[0] === 3_000_000, { what: 'the large event' });
  });

  it('of each kind reaches its own handler only', async () => {
    const seen: string[] = [];
    const stand = await stage.config(async () => void seen.push('published'), {
      handlers: [
        [rulePublished, async () => void seen.push('published')],
        [ruleWithdrawn, async () => void seen.push('withdrawn')],
      ],
    });
    await stage.rules.publish(ruleWithdrawn, {
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
    await stage.config(async ({ name }) => void seen.push(name));
    await stage.rules.publish(rulePublished, published('before'));
    await pollUntil(() => seen.includes('before'), { what: 'the event before the crash' });
    stage.nats.kill('SIGKILL');
    await stage.nats.restart();
    await pollUntil(() => stage.rules.publish(rulePublished, published('after'), 'after'), {
      what: 'a publication',
      timeoutMs: 20_000,
    });
    await pollUntil(() => seen.includes('after'), { what: 'the event after the crash', timeoutMs: 20_000 });
    expect(new Set(seen)).toEqual(new Set(['before', 'after']));
  });

  it('makes its consumer again when the stream was deleted under it', async () => {
    const seen: string[] = [];
    await stage.config(async ({ name }) => void seen.push(name));
    await stage.rules.publish(rulePublished, published('before'));
    await pollUntil(() => seen.includes('before'), { what: 'the event before' });
    await stage.manager.streams.delete(STREAM);
    await stage.rules.publish(rulePublished, published('after'));
    await pollUntil(() => seen.includes('after'), { what: 'the event in the new stream', timeoutMs: 20_000 });
  });

  it('finishes the event in hand when it closes, and takes no other', async () => {
    const finished: string[] = [];
    let release = (): void => undefined;
    let inHand = false;
    const stand = await stage.config(async ({ name }) => {
      await new Promise<void>((resolve) => {
        release = resolve;
        inHand = true;
      });
      finished.push(name);
    });
    await stage.rules.publish(rulePublished, published('first'));
    await stage.rules.publish(rulePublished, published('second'));
    await pollUntil(() => inHand, { what: 'the first to be in hand' });
    const closed = stand.close();
    release();
    await closed;
    expect(finished).toEqual(['first']);
    expect(await stage.manager.consumers.info(STREAM, DURABLE)).toMatchObject({ num_ack_pending: 0, num_pending: 1 });
  });
});

describe('the stream of a service', () => {
  it('gets the limits of this version when it exists with others', async () => {
    const wanted = (await stage.manager.streams.info(STREAM)).config;
    await stage.manager.streams.update(STREAM, { ...wanted, max_age: 3_600e9, max_bytes: 1_000_000 });
    await (await fakePeer({ natsUrl: stage.nats.url, service: 'rules' })).close();
    expect((await stage.manager.streams.info(STREAM)).config).toMatchObject({
      max_age: wanted.max_age,
      max_bytes: wanted.max_bytes,
    });
  });

  it('refuses what does not fit instead of dropping what is there', async () => {
    expect((await stage.manager.streams.info(STREAM)).config).toMatchObject({
      discard: 'new',
      retention: 'limits',
      storage: 'file',
    });
  });
});
