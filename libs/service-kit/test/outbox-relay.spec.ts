import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { makeTempDir, pollUntil, removeDir, sharedStack, startNats, type NatsServer } from '@alertagent/local-stack';
import { currentContext, newContext, runInContext } from '../src/context/request-context';
import { inTransaction } from '../src/database/in-transaction';
import { openDatabase } from '../src/database/open-database';
import type { EventPublisher } from '../src/outbox/event-publisher';
import { Outbox } from '../src/outbox/outbox';
import { OutboxRelay, type OutboxRelayOptions } from '../src/outbox/outbox-relay';
import { outboxEntity } from '../src/outbox/outbox-tables';
import { JetStreamTestPublisher } from './jetstream-test-publisher';
import { noteWritten } from './note-written';
import { notesService } from './notes';

const stack = sharedStack();
afterAll(() => stack.close());

describe.each(stack.testDatabaseUrls())('the outbox on $name', (database) => {
  let url: string;
  let dataSource: DataSource;
  let nats: NatsServer;
  let natsDir: string;
  let publisher: JetStreamTestPublisher;
  let outbox: Outbox;
  const relays: OutboxRelay[] = [];
  const children: ChildProcess[] = [];

  beforeEach(async () => {
    url = await database.url('outbox');
    natsDir = await makeTempDir('nats');
    [dataSource, nats] = await Promise.all([
      openDatabase({ ...notesService, url, runMigrations: true }),
      startNats({ dataDir: natsDir }),
    ]);
    publisher = new JetStreamTestPublisher(nats.url);
    outbox = new Outbox('rules');
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await Promise.all(relays.splice(0).map((relay) => relay.stop()));
    await publisher.close();
    await nats.stop();
    await removeDir(natsDir);
    await dataSource.destroy();
  });

  function startRelay(more: Partial<OutboxRelayOptions> = {}): OutboxRelay {
    const relay = new OutboxRelay({
      dataSource,
      service: 'rules',
      publisher,
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
  const numbers = async (): Promise<number[]> => (await publisher.messages()).map(({ number }) => number);
  const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
  const distinct = async (): Promise<number[]> => [...new Set(await numbers())].sort((a, b) => a - b);
  async function drained(): Promise<void> {
    const reader = new OutboxRelay({ dataSource, service: 'rules', publisher });
    await pollUntil(async () => (await reader.stats()).depth === 0, { what: 'an empty outbox', timeoutMs: 20_000 });
  }

  it('publishes what was committed, in order, with key, id and headers, and nothing that was rolled back', async () => {
    startRelay();
    const context = newContext({ correlationId: 'ticket-7' });
    const id = await runInContext(context, () =>
      inTransaction(dataSource, (tx) =>
        outbox.add(tx, noteWritten, { note_id: 'k', number: 1 }, { headers: { 'x-extra': 'y' } }),
      ),
    );
    const failing = inTransaction(dataSource, async (tx) => {
      await outbox.add(tx, noteWritten, { note_id: 'k', number: 99 });
      throw new Error('rolled back');
    });
    await expect(failing).rejects.toThrow('rolled back');
    await add(2, 500);
    await drained();
    expect(await numbers()).toEqual(upTo(500));
    const [first] = await publisher.messages();
    expect(first).toMatchObject({ id, subject: 'alertagent.rules.v1.note-written.k' });
    expect(first?.headers).toMatchObject({
      'x-correlation-id': 'ticket-7',
      traceparent: context.traceparent,
      'x-extra': 'y',
    });
    expect(currentContext()).toBeUndefined();
  });

  it('refuses a payload or a key that its contract does not allow, before anything is stored', async () => {
    const bad = { note_id: 'k', number: 'one' } as unknown as { note_id: string; number: number };
    for (const payload of [bad, { note_id: 'a.b', number: 1 }]) {
      await expect(inTransaction(dataSource, (tx) => outbox.add(tx, noteWritten, payload))).rejects.toMatchObject({
        code: 'invalid',
      });
    }
    expect(await dataSource.manager.count(outboxEntity('rules'))).toBe(0);
  });

  it('is woken by a commit instead of waiting for its next look', async () => {
    const relay = startRelay({ pollMs: 3_600_000 });
    await add(1, 1);
    await drained();
    await add(2, 2);
    await drained();
    await relay.stop();
    expect(await numbers()).toEqual([1, 2]);
  });

  it('publishes rows that another process committed', async () => {
    startRelay({ outbox: undefined });
    await add(1, 3);
    await drained();
    expect(await numbers()).toEqual([1, 2, 3]);
  });

  it('keeps what is committed while NATS is down at boot, says how far behind it is, and catches up', async () => {
    nats.kill('SIGKILL');
    await nats.exited;
    const relay = startRelay();
    await add(1, 300);
    expect(await relay.stats()).toEqual({ depth: 300, oldestAgeMs: expect.any(Number) });
    await nats.restart();
    await drained();
    expect(await distinct()).toEqual(upTo(300));
    expect(await relay.stats()).toEqual({ depth: 0, oldestAgeMs: 0 });
  });

  it('loses nothing and repeats no id when NATS is killed again and again', async () => {
    startRelay({ batchSize: 7 });
    for (let round = 0; round < 4; round += 1) {
      await add(round * 50 + 1, round * 50 + 50);
      nats.kill('SIGKILL');
      await nats.exited;
      await nats.restart();
    }
    await drained();
    expect((await numbers()).sort((a, b) => a - b)).toEqual(upTo(200));
  });

  it('publishes everything again, once, when the store of NATS was deleted', async () => {
    startRelay();
    await add(1, 40);
    await drained();
    nats.kill('SIGKILL');
    await nats.exited;
    await rm(join(natsDir, 'jetstream'), { recursive: true, force: true });
    await nats.restart();
    await add(41, 60);
    await pollUntil(async () => (await distinct()).length === 60, {
      what: 'all events in the new stream',
      timeoutMs: 20_000,
    });
    await drained();
    expect((await numbers()).sort((a, b) => a - b)).toEqual(upTo(60));
  });

  it('publishes everything again when the store was deleted and nothing new is said', async () => {
    startRelay();
    await add(1, 10);
    await drained();
    nats.kill('SIGKILL');
    await nats.exited;
    await rm(join(natsDir, 'jetstream'), { recursive: true, force: true });
    await nats.restart();
    await pollUntil(async () => (await distinct()).length === 10, {
      what: 'all events in the new stream',
      timeoutMs: 20_000,
    });
  });

  it('keeps what a full stream refuses until there is room', async () => {
    startRelay();
    await add(1, 5);
    await drained();
    await publisher.limitTo(8);
    const failures: number[] = [];
    startRelay({ observer: { failed: (rows) => failures.push(rows) } });
    await add(6, 20);
    await pollUntil(() => failures.length > 0, { what: 'a refusal' });
    await publisher.limitTo(-1);
    await drained();
    expect(await distinct()).toEqual(upTo(20));
  });

  it('publishes each row once with three replicas', async () => {
    // Counted before the server, which would quietly drop a repeat.
    const sent: string[] = [];
    const counting: EventPublisher = {
      publish: (message) => {
        sent.push(message.id);
        return publisher.publish(message);
      },
      streamState: (stream) => publisher.streamState(stream),
    };
    await add(1, 300);
    for (let replica = 0; replica < 3; replica += 1) startRelay({ batchSize: 10, publisher: counting });
    await drained();
    expect(new Set(sent).size).toBe(300);
    expect(sent).toHaveLength(300);
    expect(await distinct()).toEqual(upTo(300));
  });

  it('publishes a batch again, under the same ids, after a crash between publish and mark', async () => {
    await add(1, 25);
    const crashing = runRelayProcess('after_publish:kill');
    await once(crashing, 'exit');
    expect(crashing.signalCode).toBe('SIGKILL');
    expect(await numbers()).toEqual(upTo(10));
    expect(await dataSource.manager.countBy(outboxEntity('rules'), { stream: 'NOTES' })).toBe(0);
    runRelayProcess('');
    await drained();
    expect(await numbers()).toEqual(upTo(25));
  });

  function runRelayProcess(failpoint: string): ChildProcess {
    const child = fork(join(__dirname, 'relay-process.ts'), [url, nats.url], {
      execArgv: ['--conditions=@alertagent/source', '-r', join(__dirname, 'typescript-in-node.cjs')],
      env: { ...process.env, ALERTAGENT_FAILPOINT: failpoint },
    });
    children.push(child);
    return child;
  }
});
