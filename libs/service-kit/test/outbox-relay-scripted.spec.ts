import { IsNull, type DataSource } from 'typeorm';
import { ServiceError } from '@alertagent/contracts';
import { pollUntil, sharedStack } from '@alertagent/local-stack';
import { inTransaction } from '../src/database/in-transaction';
import { openDatabase } from '../src/database/open-database';
import type { EventPublisher } from '../src/outbox/event-publisher';
import { Outbox } from '../src/outbox/outbox';
import { OutboxRelay, type OutboxRelayOptions } from '../src/outbox/outbox-relay';
import { outboxEntity } from '../src/outbox/outbox-tables';
import { noteWritten } from './note-written';
import { notesService } from './notes';

const stack = sharedStack();
afterAll(() => stack.close());

describe.each(stack.testDatabaseUrls())('the outbox relay on $name with a scripted bus', (database) => {
  let dataSource: DataSource;
  let outbox: Outbox;
  const relays: OutboxRelay[] = [];

  beforeEach(async () => {
    dataSource = await openDatabase({ ...notesService, url: await database.url('outbox'), runMigrations: true });
    outbox = new Outbox('rules');
  });
  afterEach(async () => {
    await Promise.all(relays.splice(0).map((relay) => relay.stop()));
    await dataSource.destroy();
  });

  function startRelay(more: Partial<OutboxRelayOptions> = {}): OutboxRelay {
    const relay = new OutboxRelay({
      dataSource,
      service: 'rules',
      publisher: scripted,
      outbox,
      pollMs: 20,
      streamCheckMs: 100,
      ...more,
    });
    relays.push(relay);
    relay.start();
    return relay;
  }
  async function add(from: number, to: number): Promise<void> {
    for (let number = from; number <= to; number += 1) {
      await inTransaction(dataSource, (tx) => outbox.add(tx, noteWritten, { note_id: `n${number % 3}`, number }));
    }
  }
  async function drained(): Promise<void> {
    const reader = new OutboxRelay({ dataSource, service: 'rules', publisher: scripted });
    await pollUntil(async () => (await reader.stats()).depth === 0, { what: 'an empty outbox', timeoutMs: 20_000 });
  }

  let ack: EventPublisher['publish'];
  let states: Awaited<ReturnType<EventPublisher['streamState']>>;
  const published: string[] = [];
  const scripted: EventPublisher = {
    publish: (message) => {
      published.push(message.id);
      return ack(message);
    },
    streamState: async () => states,
  };
  let seq = 0;
  beforeEach(() => {
    seq = 0;
    published.length = 0;
    states = { created: 'first', last_seq: 1_000_000 };
    ack = async () => ({ stream: 'S', seq: (seq += 1), duplicate: false });
  });

  it('does not let one row that the bus never takes hold up the others', async () => {
    await add(1, 1);
    const [row] = await dataSource.manager.find(outboxEntity('rules'));
    ack = async ({ id }) => {
      if (id === row?.id) throw new ServiceError('too_large', 'does not fit');
      return { stream: 'S', seq: (seq += 1), duplicate: false };
    };
    const relay = startRelay();
    await add(2, 30);
    await pollUntil(async () => (await relay.stats()).depth === 1, { what: 'all but one published' });
    await relay.stop();
    const left = await dataSource.manager.findOneByOrFail(outboxEntity('rules'), { id: row?.id });
    expect(left).toMatchObject({ attempts: 1, lastError: 'does not fit', publishedAt: null, claimedBy: null });
  });

  it('publishes the lost tail again when a stream went back although others have written since', async () => {
    const relay = startRelay({ streamCheckMs: 3_600_000 });
    await add(1, 20);
    await drained();
    seq = 12; // messages 13 to 20 were acknowledged and lost
    await add(21, 21);
    await pollUntil(() => published.length >= 29, { what: 'eight rows published again' });
    await drained();
    await relay.stop();
    const ids = (await dataSource.manager.find(outboxEntity('rules'), { order: { id: 'ASC' } })).map(({ id }) => id);
    expect(published.slice(0, 29)).toEqual([...ids, ...ids.slice(12, 20)]);
  });

  it('publishes the lost tail again when the stream ends before its mark', async () => {
    const first = startRelay();
    await add(1, 20);
    await drained();
    await first.stop();
    states = { created: 'first', last_seq: 15 };
    seq = 15;
    const redriven: number[] = [];
    startRelay({ observer: { redriven: (rows) => redriven.push(rows) } });
    await pollUntil(() => published.length === 25, { what: 'five rows published again' });
    await drained();
    expect(redriven).toEqual([5]);
  });

  it('deletes published rows after their retention, and none that waits', async () => {
    const first = startRelay();
    await add(1, 5);
    await drained();
    await first.stop();
    const kept = startRelay({ retentionMs: 3_600_000 });
    await add(6, 6);
    await drained();
    await kept.stop();
    expect(await dataSource.manager.count(outboxEntity('rules'))).toBe(6);

    await inTransaction(dataSource, (tx) => outbox.add(tx, noteWritten, { note_id: 'waiting', number: 7 }));
    await dataSource.manager.update(
      outboxEntity('rules'),
      { publishedAt: IsNull() },
      { nextAttemptAt: new Date(Date.now() + 3_600_000) },
    );
    // Everything published before the next second is too old.
    startRelay({ retentionMs: -1_000 });
    await pollUntil(async () => (await dataSource.manager.count(outboxEntity('rules'))) === 1, {
      what: 'the old rows deleted',
    });
    expect(await dataSource.manager.countBy(outboxEntity('rules'), { publishedAt: IsNull() })).toBe(1);
  });

  it('releases nothing it did not finish: a stopped relay leaves unpublished rows to the next', async () => {
    let fail: (error: Error) => void = () => undefined;
    ack = () =>
      new Promise((_resolve, reject) => {
        fail = reject;
      });
    const relay = startRelay();
    await add(1, 1);
    await pollUntil(() => published.length === 1, { what: 'a publication in flight' });
    const stopped = relay.stop();
    fail(new Error('connection closed'));
    await stopped;
    ack = async () => ({ stream: 'S', seq: (seq += 1), duplicate: false });
    startRelay();
    await drained();
    expect(published).toHaveLength(2);
  });
});
