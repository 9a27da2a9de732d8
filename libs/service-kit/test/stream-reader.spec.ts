import { pollUntil, startNats, type NatsServer } from '@alertagent/local-stack';
import { natsPermissions, streamName } from '@alertagent/contracts';
import { connect, Events, type JetStreamManager, type NatsConnection } from 'nats';
import { JetStreamPublisher } from '../src/bus/jetstream-publisher';
import { NatsLink } from '../src/bus/nats-link';
import { StreamReader, type StoredEvent } from '../src/bus/stream-reader';

const STREAM = streamName('gateway');
const SUBJECT = 'alertagent.alerts.v1.incident-opened.k';
const USER = { user: 'gateway', password: 'gateway-secret' };
const ADMIN = { user: 'admin', password: 'admin-secret', publish: ['>'], subscribe: ['>'] };

describe('following a stream with the permissions of the gateway', () => {
  let nats: NatsServer;
  let link: NatsLink;
  let admin: NatsConnection;
  let manager: JetStreamManager;
  let reader: StreamReader;
  const readings: AbortController[] = [];

  beforeAll(async () => {
    nats = await startNats({ users: [{ ...USER, ...natsPermissions('gateway') }, ADMIN] });
    link = new NatsLink({ url: nats.url, service: 'gateway', username: USER.user, password: USER.password });
    admin = await connect({ servers: nats.url, user: ADMIN.user, pass: ADMIN.password, maxReconnectAttempts: -1 });
    manager = await admin.jetstreamManager();
    reader = new StreamReader(link, STREAM);
    await link.whenOpen();
  }, 60_000);
  afterEach(async () => {
    for (const reading of readings.splice(0)) reading.abort();
    await manager.streams.delete(STREAM).catch(() => undefined);
  });
  afterAll(async () => {
    await link.close();
    await admin.close();
    await nats.stop();
  });

  async function publish(count: number, text = '{}'): Promise<void> {
    const publisher = new JetStreamPublisher(link, 'gateway');
    for (let n = 0; n < count; n += 1) {
      await publisher.publish({ id: `${Math.random()}`, subject: SUBJECT, payload: text, headers: {} });
    }
  }

  /** Reads from `from` on and collects until it is aborted or fails. */
  function follow(from: number, onEvent: (event: StoredEvent) => Promise<void> | void = () => undefined) {
    const reading = new AbortController();
    readings.push(reading);
    const seen: StoredEvent[] = [];
    const ended = (async () => {
      for await (const event of reader.read(from, reading.signal)) {
        seen.push(event);
        await onEvent(event);
      }
    })().then(
      () => null,
      (error: unknown) => error,
    );
    return { seen, ended, stop: () => reading.abort() };
  }

  it('says when the stream was made and how far it goes, and null when there is none', async () => {
    expect(await reader.state()).toBeNull();
    await publish(3);
    const { created } = await manager.streams.info(STREAM);
    expect(await reader.state()).toEqual({ created: String(created), firstSeq: 1, lastSeq: 3 });
  });

  it('gives what is there from a number on, then what comes, in order', async () => {
    await publish(4);
    const { seen, ended, stop } = follow(3);
    await pollUntil(() => seen.length === 2, { what: 'the stored events' });
    await publish(2, '{"late":true}');
    await pollUntil(() => seen.length === 4, { what: 'the new events' });
    expect(seen.map(({ seq }) => seq)).toEqual([3, 4, 5, 6]);
    const stored = await manager.streams.getMessage(STREAM, { seq: 5 });
    expect(seen[2]).toEqual({ seq: 5, storedAt: stored.time.getTime(), subject: SUBJECT, text: '{"late":true}' });
    stop();
    expect(await ended).toBeNull();
  });

  it('leaves no consumer behind for long', async () => {
    await publish(1);
    const { seen, stop } = follow(1);
    await pollUntil(() => seen.length === 1, { what: 'the event' });
    expect(await manager.consumers.list(STREAM).next()).toHaveLength(1);
    stop();
    await pollUntil(async () => (await manager.consumers.list(STREAM).next()).length === 0, {
      what: 'the consumer to be gone',
      timeoutMs: 25_000,
    });
  }, 40_000);

  it('takes a large backlog at the pace of the one who reads', async () => {
    await publish(300, JSON.stringify({ text: 'x'.repeat(60_000) }));
    const gate: { open: () => void; opened: Promise<void> } = { open: () => undefined, opened: Promise.resolve() };
    gate.opened = new Promise((resolve) => (gate.open = resolve));
    const { seen } = follow(1, () => gate.opened);
    await pollUntil(() => seen.length === 1, { what: 'the first event' });
    const received = link.current().stats().inMsgs;
    gate.open();
    await pollUntil(() => seen.length === 300, { what: 'all events', timeoutMs: 30_000 });
    expect(seen.map(({ seq }) => seq)).toEqual(Array.from({ length: 300 }, (_, index) => index + 1));
    // Most of it was still at the server while the first one was worked on.
    expect(link.current().stats().inMsgs - received).toBeGreaterThan(150);
  }, 60_000);

  it('ends with an error when the stream is deleted, and when the server was away', async () => {
    await publish(1);
    const deleted = follow(1);
    await pollUntil(() => deleted.seen.length === 1, { what: 'the event' });
    await manager.streams.delete(STREAM);
    expect(await deleted.ended).toMatchObject({ code: 'unavailable' });
    await publish(1);
    const cut = follow(1);
    await pollUntil(() => cut.seen.length === 1, { what: 'the event' });
    await nats.restart();
    expect(await cut.ended).toMatchObject({ code: 'unavailable' });
    await pollUntil(() => reader.state().catch(() => null), { what: 'the stream again' });
  }, 60_000);

  it('cannot be turned into a hold on the durable consumer of another service', async () => {
    await publish(1);
    const durable = 'ai-alerts-incident-opened';
    await manager.consumers.add(STREAM, { durable_name: durable, ack_policy: 'explicit' as never });
    const connection = link.current();
    const refused: string[] = [];
    void (async () => {
      for await (const status of connection.status()) {
        if (status.type === Events.Error && status.permissionContext) refused.push(status.permissionContext.subject);
      }
    })();
    for (const config of [{ durable_name: durable }, { name: durable, deliver_subject: link.newInbox() }]) {
      const reply = await connection.request(
        `$JS.API.CONSUMER.CREATE.${STREAM}`,
        JSON.stringify({ stream_name: STREAM, config: { ack_policy: 'none', ...config } }),
        { timeout: 5_000 },
      );
      const { config: made, error } = reply.json<{ config?: { name?: string }; error?: object }>();
      expect(error ?? made?.name).not.toBe(durable);
    }
    expect((await manager.consumers.info(STREAM, durable)).config).toMatchObject({ ack_policy: 'explicit' });
    for (const verb of ['MSG.NEXT', 'DELETE', 'CREATE', 'DURABLE.CREATE']) {
      connection.publish(`$JS.API.CONSUMER.${verb}.${STREAM}.${durable}`, '{}');
    }
    await pollUntil(() => refused.length === 4, { what: 'four refusals' });
  });
});
