import { freePort, pollUntil, releasePort, sharedStack, type NatsServer } from '@alertagent/local-stack';
import {
  alertSuppressed,
  getRule,
  listRevisions,
  revisionPublished,
  rulePublished,
  serviceOperations,
  type AlertSuppressed,
  type ById,
  type ListRevisions,
  type ParkedMessageView,
  type RevisionPage,
  type RuleView,
  type RulePublished,
} from '@alertagent/contracts';
import { Controller, type Type } from '@nestjs/common';
import { connect } from 'nats';
import { DataSource } from 'typeorm';
import { HandlerMismatchError, Inbox, inTransaction, OnEvent, OnRequest, Outbox, type RunningService } from '../src';
import { currentContext, newContext, runInContext } from '../src/context/request-context';
import { ParkedMessages } from '../src/inbox/parked-messages';
import { fakePeer, startService, type FakePeer, type TestService } from '../src/testing';
import { BusStand } from './bus-stand';
import { scriptedConfigService, type Script } from './scripted-config-service';
import { thingsService } from './things-service';

const OPERATIONS = serviceOperations.config;
const stack = sharedStack();
const closers: (() => Promise<void>)[] = [];
/** The services of the test, for handlers that need the service they belong to. */
const running: TestService[] = [];
let nats: NatsServer;

beforeEach(async () => {
  nats = await stack.startTestNats();
});
afterEach(async () => {
  running.splice(0);
  for (const close of closers.splice(0).reverse()) await close();
  await nats.stop();
});
afterAll(() => stack.close());

async function start(script: Script = {}, natsUrl = nats.url): Promise<TestService> {
  const service = await startService(scriptedConfigService(script), { natsUrl });
  running.push(service);
  closers.push(() => service.close());
  return service;
}
async function rulesPeer(natsUrl = nats.url): Promise<FakePeer> {
  const peer = await fakePeer({ natsUrl, service: 'rules' });
  closers.push(() => peer.close());
  return peer;
}
const published = (name: string): RulePublished => ({
  rule_id: 'r1',
  version: 1,
  name,
  cluster_id: 'c1',
  published_at: '2026-01-01T00:00:00.000Z',
});
const announce = (service: TestService, revision: number): Promise<string> =>
  inTransaction(service.get(DataSource), (tx) =>
    service.get(Outbox).add(tx, revisionPublished, {
      cluster_id: 'c1',
      type: 'prometheus-rules',
      revision,
      hash: 'h',
      rules: [],
      published_at: '2026-01-01T00:00:00.000Z',
    }),
  );
/** The first service of the test, once it is up: its handlers may be called before `start` returns. */
const self = (): Promise<TestService> => pollUntil(() => running[0], { what: 'the service' });
/** Does an event's work the way services do; `work` may fail. */
const once =
  (work: (name: string) => void): NonNullable<Script['onRulePublished']> =>
  async (event, delivery) => {
    await (await self()).get(Inbox).once(delivery, async () => work(event.name));
  };

describe('a service', () => {
  it('does the work of an event once, although the event is delivered again', async () => {
    const done: string[] = [];
    let calls = 0;
    const handle = once((name) => void done.push(name));
    await start({
      onRulePublished: async (event, delivery) => (await handle(event, delivery), void (calls += 1)),
    });
    const rules = await rulesPeer();
    await rules.publish(rulePublished, published('a'));
    await pollUntil(() => calls === 1, { what: 'the first delivery' });
    const raw = await connect({ servers: nats.url });
    // A new consumer begins at the start of the stream.
    await (await raw.jetstreamManager()).consumers.delete('ALERTAGENT_RULES', 'config-rules-rule-published');
    await raw.close();
    await pollUntil(() => calls === 2, { what: 'the second delivery' });
    expect(done).toEqual(['a']);
  });

  it('keeps an event it cannot handle with the reason, and does its work once when it is replayed', async () => {
    const done: string[] = [];
    let broken = true;
    const handle = once((name) => {
      if (broken) throw new TypeError('cannot digest it');
      done.push(`${name} ${currentContext()?.correlationId}`);
    });
    const service = await start({
      onRulePublished: handle,
    });
    const rules = await rulesPeer();
    const raw = await connect({ servers: nats.url });
    closers.push(() => raw.close());
    const bad = await raw.jetstream().publish(`${rulePublished.subject}.c1`, '{"rule_id":5}');
    expect(bad.seq).toBe(1);
    const [parked] = await pollUntil(async () => nonEmpty((await rules.request(OPERATIONS.listParked, {})).items), {
      what: 'the parked event',
    });
    expect(parked).toMatchObject({
      service: 'config',
      subject: `${rulePublished.subject}.c1`,
      payload: '{"rule_id":5}',
      deliveries: 1,
    });
    expect(parked?.reason).toContain('/rule_id');
    await expect(rules.request(OPERATIONS.replayParked, { id: parked?.id ?? '' })).rejects.toMatchObject({
      code: 'invalid',
    });

    // One whose payload is right but whose handler was wrong: parked as the strategy does, then cured by a new version.
    const id = await parkFor(service, published('b'), { 'x-correlation-id': 'ticket-7' });
    await expect(rules.request(OPERATIONS.replayParked, { id })).rejects.toMatchObject({
      code: 'internal',
      message: 'internal error',
    });
    broken = false;
    for (let times = 0; times < 3; times += 1) await rules.request(OPERATIONS.replayParked, { id });
    expect(done).toEqual(['b ticket-7']);
    const items: ParkedMessageView[] = (await rules.request(OPERATIONS.listParked, {})).items;
    expect(items.find((item) => item.id === id)?.replayed_at).toEqual(expect.any(String));
    await rules.request(OPERATIONS.deleteParked, { id });
    await expect(rules.request(OPERATIONS.replayParked, { id })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('makes its stream again when it is deleted, and publishes again what was in it', async () => {
    const service = await start();
    const rules = await rulesPeer();
    const revisions = async (): Promise<number[]> =>
      (await rules.events(revisionPublished)).map(({ revision }) => revision);
    for (const revision of [1, 2, 3]) await announce(service, revision);
    await pollUntil(async () => (await revisions()).length === 3, { what: 'three events' });
    const raw = await connect({ servers: nats.url });
    await (await raw.jetstreamManager()).streams.delete('ALERTAGENT_CONFIG');
    await raw.close();
    await pollUntil(async () => (await revisions()).length === 3, {
      what: 'the three events again',
      timeoutMs: 25_000,
    });
    expect(await revisions()).toEqual([1, 2, 3]);
  });

  it('starts without NATS, stores what it has to tell, and catches up when NATS is there', async () => {
    const port = await freePort();
    const url = `nats://127.0.0.1:${port}`;
    const seen: string[] = [];
    const service = await start({ onRulePublished: async ({ name }) => void seen.push(name) }, url);
    await announce(service, 1);
    const ready = async (): Promise<number> => (await fetch(`http://127.0.0.1:${service.opsPort}/ready`)).status;
    expect(await ready()).toBe(503);
    const late = await stack.startTestNats({ port });
    const rules = await rulesPeer(late.url);
    await rules.publish(rulePublished, published('late'));
    await pollUntil(() => seen.includes('late'), { what: 'the event heard' });
    await pollUntil(async () => (await ready()) === 200, { what: 'readiness' });
    await pollUntil(async () => (await rules.events(revisionPublished)).length === 1, { what: 'the event told' });
    expect((await rules.request(listRevisions, { cluster_id: 'c1' })).items).toEqual([]);
    closers.push(async () => {
      await late.stop();
      releasePort(port);
    });
  });

  it('with a public interface is ready without NATS: what it takes in is stored', async () => {
    const service = await startService(thingsService(), { natsUrl: 'nats://127.0.0.1:1' });
    closers.push(() => service.close());
    expect((await fetch(`http://127.0.0.1:${service.opsPort}/ready`)).status).toBe(200);
  });

  it('carries correlation id and trace from a request to whoever hears the event it caused', async () => {
    const contexts: Record<string, unknown>[] = [];
    const note = (where: string): void => {
      const { correlationId, traceparent } = currentContext() ?? {};
      contexts.push({ where, correlationId, trace: traceparent?.split('-')[1] });
    };
    await start({
      listRevisions: async () => {
        note('asked');
        await announce(await self(), 1);
        return { items: [] };
      },
    });
    const rules = new BusStand({
      natsUrl: nats.url,
      service: 'rules',
      handlers: [[revisionPublished, async () => note('heard')]],
    });
    const gateway = new BusStand({ natsUrl: nats.url, service: 'gateway' });
    closers.push(
      () => rules.close(),
      () => gateway.close(),
    );
    await Promise.all([rules.start(), gateway.start()]);
    const context = newContext({ correlationId: 'ticket-7' });
    await runInContext(context, () => gateway.bus.request(listRevisions, { cluster_id: 'c1' }));
    await pollUntil(() => contexts.length === 2, { what: 'request and event' });
    const trace = context.traceparent.split('-')[1];
    expect(contexts).toEqual(['asked', 'heard'].map((where) => ({ where, correlationId: 'ticket-7', trace })));
  });
});

describe('a service refuses to start', () => {
  const complete = scriptedConfigService({});
  const attempt = (definition: typeof complete): Promise<RunningService> =>
    startService(definition, { natsUrl: nats.url });
  const withMore = (controller: Type): typeof complete => scriptedConfigService({}, { controllers: [controller] });

  it('when a request it owns and an event it hears have no handler, and names both', async () => {
    class Empty {}
    const refused = attempt({ ...complete, module: Empty });
    await expect(refused).rejects.toThrow(HandlerMismatchError);
    await expect(refused).rejects.toThrow(/list-revisions has no handler.*rule-published has no handler/);
  });

  it('when a request has two handlers', async () => {
    @Controller()
    class Second {
      @OnRequest(listRevisions)
      async again(_query: ListRevisions): Promise<RevisionPage> {
        return { items: [] };
      }
    }
    await expect(attempt(withMore(Second))).rejects.toThrow('alertagent.config.v1.list-revisions has two handlers');
  });

  it('when it handles an event that it did not declare', async () => {
    @Controller()
    class Curious {
      @OnEvent(alertSuppressed)
      async heard(_event: AlertSuppressed): Promise<void> {}
    }
    await expect(attempt(withMore(Curious))).rejects.toThrow('alert-suppressed is handled but not declared');
  });

  it('when it answers a request of another service', async () => {
    @Controller()
    class Impostor {
      @OnRequest(getRule)
      async get(_query: ById): Promise<RuleView> {
        throw new Error('never called');
      }
    }
    await expect(attempt(withMore(Impostor))).rejects.toThrow('get-rule belongs to rules');
  });

  it('and gives its port back', async () => {
    class Empty {}
    const port = await freePort();
    const config = { server: { ops_port: port } } as never;
    const refused = startService({ ...complete, module: Empty }, { natsUrl: nats.url, config });
    await expect(refused).rejects.toThrow(HandlerMismatchError);
    await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toThrow();
    releasePort(port);
  });
});

function nonEmpty<T>(items: T[]): T[] | null {
  return items.length > 0 ? items : null;
}

/** Parks an event as if its handler had failed for good. */
async function parkFor(service: TestService, event: RulePublished, headers: Record<string, string>): Promise<string> {
  return service.get(ParkedMessages).park({
    handler: 'config-rules-rule-published',
    messageId: 'm-b',
    subject: `${rulePublished.subject}.c1`,
    payload: JSON.stringify(event),
    headers,
    reason: 'cannot digest it',
    deliveries: 8,
  });
}
