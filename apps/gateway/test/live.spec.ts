import { incidentUpdated, type IncidentEvent } from '@alertagent/contracts';
import { fakePeer, type FakePeer, type TestService } from '@alertagent/service-kit/testing';
import { pollUntil } from '@alertagent/local-stack';
import { ADMIN_TOKEN, AlertStand } from './alert-stand';
import { incident } from './live-events';
import { LiveFollower, type FollowOptions } from './live-follower';
import { alert, message } from './webhooks';

const RECENT = 20;
const UPDATED = 'incident-updated';
/** Enough of these fill every buffer between two processes. */
const LARGE = { title: 'x'.repeat(100_000) };

describe('the live stream', () => {
  let stand: AlertStand;
  let replica: TestService;
  let teller: FakePeer;
  const followers: LiveFollower[] = [];
  const gateways: TestService[] = [];
  let told = 0;

  beforeAll(async () => {
    const live = { heartbeat: 200, recent_events: RECENT, max_clients: 5 };
    stand = await AlertStand.start('SQLite', { gateway: { live } });
    replica = await stand.startReplica({ gateway: { live } });
  }, 120_000);
  afterEach(async () => {
    for (const follower of followers.splice(0)) follower.close();
    for (const gateway of gateways.splice(0)) await gateway.close();
  });
  afterAll(async () => {
    await teller?.close();
    await replica?.close();
    await stand?.stop();
  }, 60_000);

  async function follow(options: FollowOptions & { at?: TestService } = {}): Promise<LiveFollower> {
    const follower = await LiveFollower.ready((options.at ?? stand.service).httpUrl!, options);
    followers.push(follower);
    return follower;
  }

  /** One more gateway, for this test only. */
  async function another(live: { heartbeat: number; recent_events: number }): Promise<TestService> {
    const gateway = await stand.startReplica({ gateway: { live } });
    gateways.push(gateway);
    return gateway;
  }

  /** Puts facts into the gateway's stream, numbered on in `alert_count`; returns their numbers. */
  async function tell(count: number, more: Partial<IncidentEvent> = {}): Promise<number[]> {
    teller ??= await fakePeer({ natsUrl: stand.nats.url, service: 'gateway' });
    const numbers = Array.from({ length: count }, () => (told += 1));
    for (const number of numbers) await teller.publish(incidentUpdated, { ...incident(number), ...more });
    return numbers;
  }

  const numbersOf = (...seen: LiveFollower[]): unknown[] =>
    seen.flatMap((follower) => follower.of(UPDATED).map(({ data }) => data['alert_count']));

  async function endings(reason: string, { opsPort }: TestService = stand.service): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${opsPort}/metrics`)).text();
    return Number(new RegExp(`live_streams_ended_total\\{reason="${reason}"\\} (\\d+)`).exec(text)?.[1]);
  }

  it('shows an incident to those who follow, the first one ever included', async () => {
    const follower = await LiveFollower.open(stand.service.httpUrl!);
    followers.push(follower);
    await stand.deliver(message(alert()));
    const [opened] = await follower.has(1, 'incident-opened');
    const [stored] = await stand.incidents();
    expect(follower.response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    expect(opened?.data).toMatchObject({ incident_id: stored?.id, alert: { name: 'HighCPU' } });
    expect(opened?.id).toMatch(/^[0-9a-z]+-1-[0-9a-z]+$/);
  });

  it('is for people with a token, in the header only', async () => {
    const { token } = stand.first;
    const statuses = await Promise.all(
      [{ token: null }, { token: 'aat_viewer_nobody' }, { token: null, query: `token=x` }, { token }].map(
        async (options) => (await LiveFollower.open(stand.service.httpUrl!, options)).status,
      ),
    );
    expect(statuses).toEqual([401, 401, 401, 403]);
  });

  it('answers HEAD without a stream, and refuses kinds it does not know', async () => {
    const head = await LiveFollower.open(stand.service.httpUrl!, { method: 'HEAD' });
    expect([head.status, head.response.headers['content-type']]).toEqual([200, 'text/event-stream; charset=utf-8']);
    expect((await LiveFollower.open(stand.service.httpUrl!, { query: 'kinds=oops' })).status).toBe(400);
    await pollUntil(() => head.ending === 'clean', { what: 'the end of the answer' });
  });

  it('leaves out what a filter does not ask for, and still says how far it is', async () => {
    const other = await follow({ query: 'cluster_id=other' });
    const kinds = await follow({ query: 'kinds=incident-resolved' });
    const severe = await follow({ query: 'severity=critical&cluster_id=one' });
    await tell(1);
    const [number] = await tell(1, { severity: 'critical' });
    const [event] = await severe.has(1, UPDATED);
    await pollUntil(() => other.lastId === event?.id && kinds.lastId === event.id, { what: 'the others to be as far' });
    expect([numbersOf(severe), other.events, kinds.events]).toEqual([[number], [], []]);
  });

  it('continues after a break with each event once and in order', async () => {
    const first = await follow();
    const numbers = await tell(5);
    await first.has(5, UPDATED);
    first.close();
    numbers.push(...(await tell(5)));
    const second = await follow({ lastEventId: first.lastId });
    numbers.push(...(await tell(5)));
    await second.has(10, UPDATED);
    expect(numbersOf(first, second)).toEqual(numbers);
  });

  it('continues from the stream when the break was longer than what is kept in memory', async () => {
    const first = await follow();
    const bystander = await follow();
    const numbers = await tell(2);
    await first.has(2, UPDATED);
    first.close();
    numbers.push(...(await tell(3 * RECENT)));
    await bystander.has(numbers.length, UPDATED);
    const second = await follow({ lastEventId: first.lastId });
    numbers.push(...(await tell(2)));
    await second.has(numbers.length - 2, UPDATED);
    expect(numbersOf(first, second)).toEqual(numbers);
    expect(numbersOf(bystander)).toEqual(numbers);
  });

  it('is the same on every gateway, so that a client can continue on another one', async () => {
    const [here, there] = [await follow(), await follow({ at: replica })];
    const numbers = await tell(10);
    await Promise.all([here.has(10, UPDATED), there.has(10, UPDATED)]);
    expect(here.events).toEqual(there.events);
    here.close();
    numbers.push(...(await tell(3 * RECENT)));
    const continued = await follow({ at: replica, lastEventId: here.lastId });
    await continued.has(3 * RECENT, UPDATED);
    expect(numbersOf(here, continued)).toEqual(numbers);
  });

  it('does not begin anew for a client that was served by a quicker gateway', async () => {
    const first = await follow({ at: replica });
    const [, second] = await Promise.all([
      (async () => {
        await tell(30);
      })(),
      (async () => {
        await first.has(10, UPDATED);
        first.close();
        return follow({ lastEventId: first.lastId });
      })(),
    ]);
    await pollUntil(() => numbersOf(first, second).length >= 30, { what: 'all events' });
    expect(second.of('reset')).toEqual([]);
    expect(numbersOf(first, second)).toEqual(Array.from({ length: 30 }, (_, index) => told - 29 + index));
  });

  it('tells a client to load again when its point was none, or is not kept any more', async () => {
    const nowhere = await follow({ lastEventId: 'nowhere' });
    expect(nowhere.of('reset').map(({ data }) => data)).toEqual([{ reason: 'unknown_position' }]);
    nowhere.close();
    const old = nowhere.lastId;
    await tell(RECENT + 5);
    const [, seq] = old.split('-');
    await teller.loseStream(Number(seq) + 3);
    const again = await LiveFollower.open(stand.service.httpUrl!, { lastEventId: old });
    followers.push(again);
    expect((await again.has(1, 'reset')).map(({ data }) => data)).toEqual([{ reason: 'too_old' }]);
    const numbers = await tell(2);
    await again.has(2, UPDATED);
    expect(numbersOf(again)).toEqual(numbers);
  });

  it('tells a client to load again when the number of its event stands for another event now', async () => {
    const known = await follow();
    await tell(1);
    await known.has(1, UPDATED);
    const [created, seq] = known.lastId.split('-');
    const again = await LiveFollower.open(stand.service.httpUrl!, { lastEventId: `${created}-${seq}-abc` });
    followers.push(again);
    expect((await again.has(1, 'reset')).map(({ data }) => data)).toEqual([{ reason: 'stream_replaced' }]);
    const beyond = await LiveFollower.open(stand.service.httpUrl!, { lastEventId: `${created}-9${seq}-abc` });
    followers.push(beyond);
    expect((await beyond.has(1, 'reset')).map(({ data }) => data)).toEqual([{ reason: 'stream_replaced' }]);
  });

  it('tells everybody to load again when the stream was deleted, and goes on with the new one', async () => {
    const present = await follow();
    await tell(3);
    const [event] = await present.has(3, UPDATED);
    const absent = event!.id;
    await teller.loseStream();
    await pollUntil(() => tell(1), { what: 'the stream to be there again' });
    expect((await present.has(1, 'reset')).map(({ data }) => data)).toEqual([{ reason: 'stream_replaced' }]);
    const [number] = await tell(1);
    await pollUntil(() => numbersOf(present).includes(number), { what: 'an event of the new stream' });
    const returned = await LiveFollower.open(stand.service.httpUrl!, { lastEventId: absent });
    followers.push(returned);
    expect((await returned.has(1, 'reset')).map(({ data }) => data)).toEqual([{ reason: 'stream_replaced' }]);
  });

  it('stays open while the message server is away, and goes on when it is back', async () => {
    const follower = await follow();
    const numbers = await tell(1);
    await follower.has(1, UPDATED);
    stand.nats.kill('SIGKILL');
    await stand.nats.exited;
    const before = follower.heartbeats;
    await pollUntil(() => follower.heartbeats > before + 2, { what: 'heartbeats' });
    const newcomer = await LiveFollower.open(replica.httpUrl!);
    followers.push(newcomer);
    await stand.nats.restart();
    numbers.push(...(await pollUntil(() => tell(1), { what: 'the message server' })));
    await pollUntil(() => numbersOf(follower).includes(told), { what: 'the event', timeoutMs: 20_000 });
    expect(follower.of('reset')).toEqual([]);
    expect(follower.ending).toBeNull();
    expect(numbersOf(follower)).toEqual(numbers);
    // Nobody could tell where the stream was when this one came.
    expect((await newcomer.has(1, 'reset')).map(({ data }) => data)).toEqual([{ reason: 'was_unavailable' }]);
  }, 60_000);

  it('cuts off who falls behind what is kept, without keeping others waiting', async () => {
    const gateway = await another({ heartbeat: 60_000, recent_events: RECENT });
    const [slow, quick] = [await follow({ at: gateway }), await follow({ at: gateway })];
    slow.response.pause();
    const numbers = await tell(250, LARGE);
    await pollUntil(() => quick.of(UPDATED).length === 250, { what: 'all events at the quick one' });
    await pollUntil(async () => (await endings('slow', gateway)) === 1, { what: 'the cut' });
    slow.response.resume();
    await pollUntil(() => slow.ending === 'cut', { what: 'the broken connection' });
    const missed = 250 - slow.of(UPDATED).length;
    expect(missed).toBeGreaterThan(RECENT);
    const again = await follow({ at: gateway, lastEventId: slow.lastId });
    await again.has(missed, UPDATED);
    expect(numbersOf(slow, again)).toEqual(numbers);
  }, 60_000);

  it('cuts off who takes nothing from one heartbeat to the next', async () => {
    const gateway = await another({ heartbeat: 200, recent_events: 1_000 });
    const dead = await follow({ at: gateway });
    dead.response.pause();
    await tell(150, LARGE);
    await pollUntil(async () => (await endings('stalled', gateway)) === 1, { what: 'the cut' });
  }, 60_000);

  it('takes no more than it has room for', async () => {
    for (let count = 0; count < 5; count += 1) await follow();
    const refused = await LiveFollower.open(stand.service.httpUrl!);
    expect([refused.status, refused.response.headers['retry-after']]).toEqual([503, '1']);
    followers[0]!.close();
    await pollUntil(async () => (await LiveFollower.open(stand.service.httpUrl!)).status === 200, { what: 'room' });
  });

  it('ends when the token is revoked', async () => {
    const body = JSON.stringify({ name: 'short', role: 'viewer' });
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${ADMIN_TOKEN}` };
    const made = await fetch(`${stand.service.httpUrl}/api/v1/tokens`, { method: 'POST', headers, body });
    const { id, token } = (await made.json()) as { id: string; token: string };
    const follower = await follow({ token });
    await stand.ask('DELETE', `/tokens/${id}`);
    await pollUntil(() => follower.ending === 'clean', { what: 'the end of the stream' });
    expect(await endings('revoked')).toBe(1);
  });

  it('is ended properly by a gateway that stops', async () => {
    const stopping = await another({ heartbeat: 60_000, recent_events: RECENT });
    const follower = await follow({ at: stopping });
    await gateways.pop()?.close();
    await pollUntil(() => follower.ending, { what: 'the end of the stream' });
    expect(follower.ending).toBe('clean');
  });
});
