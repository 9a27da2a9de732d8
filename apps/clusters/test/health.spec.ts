import {
  clusterHealthChanged,
  clusterTroubleChanged,
  listClusterHealth,
  listHealthHistory,
  retireCluster,
  type RegisteredCluster,
} from '@alertagent/contracts';
import { pollUntil, sharedStack, type NatsServer } from '@alertagent/local-stack';
import { ACTOR, ClustersWorld } from './clusters-world';

const stack = sharedStack();
let nats: NatsServer;

beforeAll(async () => {
  nats = await stack.startTestNats();
}, 120_000);
afterAll(() => stack.close());

describe.each(stack.testDatabaseUrls())('health of clusters on $name', (database) => {
  let world: ClustersWorld;
  let cluster: RegisteredCluster;

  beforeAll(async () => {
    world = await ClustersWorld.start(nats, database);
  }, 120_000);
  afterAll(() => world.close());
  beforeEach(async () => {
    cluster = await world.register();
  });

  /** Reports one look per ten seconds of the test's clock and waits until the last was handled. */
  const looks = async (pattern: string): Promise<void> => {
    for (const look of pattern) {
      world.clock.advance(10_000);
      const at = world.clock.now();
      await world.report(cluster.id, look === '+', { reported_at: at.toISOString() });
      await world.untilHeard(cluster.id, at);
    }
  };
  const history = (query: object) => world.gateway.request(listHealthHistory, { cluster_id: cluster.id, ...query });
  const changes = async () =>
    (await world.gateway.events(clusterHealthChanged)).filter(({ cluster_id }) => cluster_id === cluster.id);

  it('is unknown before anybody reported', async () => {
    expect(await world.health(cluster.id)).toMatchObject({
      name: cluster.name,
      status: 'unknown',
      last_check: null,
      metrics: { response_time: null, success_rate: null },
      members: [],
    });
  });

  it('is what its members report, with figures', async () => {
    await looks('+');
    expect(await world.health(cluster.id)).toMatchObject({
      status: 'healthy',
      metrics: { response_time: '12ms', success_rate: '100%' },
      members: [{ name: 'p0', type: 'prometheus-rules', status: 'healthy', version: '2.42.0', response_ms: 12 }],
    });
    await looks('+++++-');
    await looks('--');
    expect(await world.health(cluster.id)).toMatchObject({ status: 'warning', metrics: { success_rate: '66.6%' } });
  });

  it('names what each member is, what it can do, and how far its clock is off', async () => {
    const target = { healthy: true, kind: 'prometheus' as const, version: '2.53.3', clock_ahead_ms: 300 };
    const at = world.clock.now();
    await world.report(cluster.id, true, { target, clock_ahead_ms: 700, reported_at: at.toISOString() });
    expect((await world.untilHeard(cluster.id, at)).members).toMatchObject([
      {
        kind: 'prometheus',
        capabilities: ['keep_firing_for', 'query_offset'],
        clock_ahead_ms: 1000,
        status: 'healthy',
      },
    ]);
  });

  it('is told once per change and not at all while a target flips', async () => {
    await looks('+-+-+-+-+');
    await looks('--++++++');
    const events = await pollUntil(async () => ((await changes()).length >= 3 ? changes() : null), {
      what: 'three changes',
    });
    expect(events.map(({ previous, status }) => `${previous} to ${status}`)).toEqual([
      'unknown to healthy',
      'healthy to warning',
      'warning to healthy',
    ]);
  });

  it('is critical when its only member goes silent, and healthy after two good reports', async () => {
    await looks('+');
    world.clock.advance(89_000);
    await world.look();
    expect((await world.health(cluster.id)).status).toBe('healthy');
    world.clock.advance(10_000);
    await Promise.all([world.look(), world.look()]);
    await world.look();
    expect(await world.health(cluster.id)).toMatchObject({
      status: 'critical',
      members: [{ status: 'critical', reason: expect.stringMatching(/^not heard since /) }],
    });
    world.clock.advance(60_000);
    await looks('++');
    expect((await world.health(cluster.id)).status).toBe('healthy');
    await pollUntil(async () => (await changes()).length === 3, { what: 'three changes' });
    const { items, next_cursor } = await history({ limit: 4 });
    expect(items.map(({ member, previous, status }) => `${member ?? 'cluster'}: ${previous} to ${status}`)).toEqual([
      'cluster: critical to healthy',
      'p0: critical to healthy',
      'cluster: healthy to critical',
      'p0: healthy to critical',
    ]);
    expect((await history({ cursor: next_cursor })).items.map(({ status }) => status)).toEqual(['healthy', 'healthy']);
    expect((await history({ member: 'p0' })).items).toHaveLength(3);
  });

  it('makes a trouble of a silent member and of a cluster without any other, which begin and end once', async () => {
    const told = async () =>
      (await world.gateway.events(clusterTroubleChanged))
        .filter(({ cluster_id }) => cluster_id === cluster.id)
        .map(({ kind, subject, ended_at }) => `${kind} ${subject} ${ended_at ? 'ended' : 'began'}`);
    await looks('+');
    world.clock.advance(100_000);
    await world.look();
    await world.look();
    expect((await world.health(cluster.id)).troubles).toMatchObject([
      { kind: 'cluster_critical', type: '', subject: '' },
      {
        kind: 'sidecar_silent',
        type: 'prometheus-rules',
        subject: 'p0',
        reason: expect.stringMatching(/^not heard since/) as unknown,
      },
    ]);
    world.clock.advance(60_000);
    await looks('++');
    expect((await world.health(cluster.id)).troubles).toEqual([]);
    const events = await pollUntil(async () => ((await told()).length >= 4 ? told() : null), { what: 'four events' });
    expect(events).toEqual([
      'cluster_critical  began',
      'sidecar_silent p0 began',
      'cluster_critical  ended',
      'sidecar_silent p0 ended',
    ]);
  });

  it('ends a trouble when another takes its place, and with the cluster', async () => {
    await looks('-');
    expect((await world.health(cluster.id)).troubles).toMatchObject([{ kind: 'member_unhealthy', subject: 'p0' }]);
    world.clock.advance(100_000);
    await world.look();
    expect((await world.health(cluster.id)).troubles).toMatchObject([
      { kind: 'cluster_critical' },
      { kind: 'sidecar_silent' },
    ]);
    await world.gateway.request(retireCluster, { id: cluster.id, actor: ACTOR });
    const ended = async () =>
      (await world.gateway.events(clusterTroubleChanged)).filter(
        ({ cluster_id, ended_at }) => cluster_id === cluster.id && ended_at,
      );
    await pollUntil(async () => (await ended()).length === 3, { what: 'all troubles ended' });
  });

  it('does not listen to reports that come twice, late, or after retirement', async () => {
    await looks('+');
    const late = new Date(world.clock.now().getTime() - 60_000).toISOString();
    for (let repeat = 0; repeat < 3; repeat += 1) await world.report(cluster.id, false, { reported_at: late });
    await looks('+');
    expect(await world.health(cluster.id)).toMatchObject({ status: 'healthy', metrics: { success_rate: '100%' } });

    await world.gateway.request(retireCluster, { id: cluster.id, actor: ACTOR });
    await world.report(cluster.id, true);
    const retired = cluster;
    cluster = await world.register();
    await looks('+');
    const { items } = await world.gateway.request(listClusterHealth, { limit: 500 });
    expect(items.map(({ id }) => id)).not.toContain(retired.id);
  });

  it('forgets a replica that was scaled away a day ago', async () => {
    await looks('+');
    world.clock.advance(24 * 3_600_000);
    await world.report(cluster.id, true, { member: 'p1' });
    await pollUntil(async () => (await world.health(cluster.id)).members.length === 2, { what: 'both members' });
    await world.look();
    expect(await world.health(cluster.id)).toMatchObject({ status: 'healthy', members: [{ name: 'p1' }] });
  });

  it('is listed by status, page by page', async () => {
    await looks('+');
    const { items } = await world.gateway.request(listClusterHealth, { status: 'healthy', limit: 500 });
    expect(items.map(({ id }) => id)).toContain(cluster.id);
    const first = await world.gateway.request(listClusterHealth, { limit: 1 });
    const second = await world.gateway.request(listClusterHealth, { limit: 1, cursor: first.next_cursor });
    expect(first.items[0]?.id).not.toBe(second.items[0]?.id);
  });

  it('is measured with one series per state', async () => {
    await looks('+');
    await world.look();
    const metrics = async () => (await fetch(`http://127.0.0.1:${world.service.opsPort}/metrics`)).text();
    expect(await metrics()).toContain(`alertagent_cluster_health_status{cluster="${cluster.name}",status="healthy"} 1`);
    expect(await metrics()).toContain(
      `alertagent_cluster_health_status{cluster="${cluster.name}",status="critical"} 0`,
    );
    expect(await metrics()).toContain(`alertagent_cluster_response_time_seconds{cluster="${cluster.name}"} 0.012`);
    await world.gateway.request(retireCluster, { id: cluster.id, actor: ACTOR });
    await world.look();
    expect(await metrics()).not.toContain(cluster.name);
  });

  it('goes on where it was after restarts of NATS and of the service', async () => {
    await looks('++++++');
    await nats.restart();
    await world.service.close();
    world.clock.advance(10_000);
    const at = world.clock.now();
    await pollUntil(async () => world.report(cluster.id, false, { reported_at: at.toISOString() }).then(() => true), {
      what: 'NATS takes events',
      timeoutMs: 30_000,
    });
    world.clock.advance(10_000);
    const last = world.clock.now();
    await world.report(cluster.id, false, { reported_at: last.toISOString() });
    await world.startService();
    await world.untilHeard(cluster.id, last);
    expect(await world.health(cluster.id)).toMatchObject({ status: 'warning' });
  }, 90_000);
});
