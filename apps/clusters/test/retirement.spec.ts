import {
  clusterChanged,
  clusterRetired,
  findClusterToken,
  getCluster,
  listClusters,
  listHealthHistory,
  resolveTargets,
  retireCluster,
  revisionApplied,
  updateCluster,
  type MemberReported,
  type RegisteredCluster,
} from '@alertagent/contracts';
import { pollUntil, sharedStack, type NatsServer } from '@alertagent/local-stack';
import { tokenHash } from '@alertagent/service-kit';
import { ACTOR, ClustersWorld } from './clusters-world';

const stack = sharedStack();
let nats: NatsServer;

beforeAll(async () => {
  nats = await stack.startTestNats();
}, 120_000);
afterAll(() => stack.close());

describe.each(stack.testDatabaseUrls())('the retirement of a cluster on $name', (database) => {
  let world: ClustersWorld;
  let cluster: RegisteredCluster;

  beforeAll(async () => {
    world = await ClustersWorld.start(nats, database);
  }, 120_000);
  afterAll(() => world.close());
  beforeEach(async () => {
    cluster = await world.register({ labels: { zone: 'z' } });
  });

  const retire = (rules?: 'withdraw' | 'keep') =>
    world.gateway.request(retireCluster, { id: cluster.id, rules, actor: ACTOR });
  const view = () => world.gateway.request(getCluster, { id: cluster.id });
  const isAlive = () =>
    world.gateway.request(findClusterToken, { token_hash: tokenHash(cluster.tokens.sync) }).then(
      () => true,
      () => false,
    );
  const rules = [{ group: 'g', name: 'r', rule_id: 'r', rule_version: 1, status: 'live' as const }];

  /** A member shows what it runs, and that was taken in. */
  const shows = async (member: string, report: Partial<MemberReported>): Promise<void> => {
    world.clock.advance(1_000);
    const at = world.clock.now();
    const reported_at = at.toISOString();
    await world.report(cluster.id, true, { member, reported_at, state: 'live', exact: true, ...report });
    if (report.rules) await world.untilHeard(cluster.id, at);
  };
  const until = (status: string) =>
    pollUntil(async () => ((await view()).status === status ? view() : null), { what: `the cluster is ${status}` });

  it('that keeps its rules is over at once, and can be looked up for ever', async () => {
    await retire();
    expect(await view()).toMatchObject({
      status: 'retired',
      retirement: { rules: 'keep', unproven: [], retired_at: expect.any(String) as unknown },
    });
    expect(await isAlive()).toBe(false);
    const { items } = await world.gateway.request(listClusters, { status: 'retired', limit: 500 });
    expect(items.map(({ id }) => id)).toContain(cluster.id);
    const shown = await world.gateway.request(listClusters, { limit: 500 });
    expect(shown.items.map(({ id }) => id)).not.toContain(cluster.id);
  });

  it('that withdraws its rules waits until each member has shown that they are gone', async () => {
    await shows('p0', { rules });
    await shows('p1', { rules });
    await retire('withdraw');
    expect(await view()).toMatchObject({ status: 'retiring', retirement: { rules: 'withdraw', retired_at: null } });
    expect(await isAlive()).toBe(true);
    await pollUntil(
      async () =>
        (await world.gateway.events(clusterChanged)).some(
          ({ cluster_id, takes_rules }) => cluster_id === cluster.id && takes_rules === false,
        ),
      { what: 'others are told that it takes no rules' },
    );
    const resolved = await world.gateway.request(resolveTargets, { targets: [{ labels: { zone: 'z' } }, cluster.id] });
    expect(resolved.unknown).toEqual([cluster.id]);
    expect(resolved.clusters.map(({ id }) => id)).not.toContain(cluster.id);
    await expect(
      world.gateway.request(updateCluster, { id: cluster.id, cluster: { name: 'other' }, actor: ACTOR }),
    ).rejects.toMatchObject({ code: 'conflict' });

    await shows('p0', { rules: [] });
    await shows('p1', { rules });
    expect((await view()).status).toBe('retiring');
    await world.config.publish(revisionApplied, {
      cluster_id: cluster.id,
      type: 'prometheus-rules',
      member: 'p1',
      state: 'live',
      rules: [],
      exact: true,
      reported_at: new Date(world.clock.now().getTime() + 1_000).toISOString(),
    });
    expect((await until('retired')).retirement).toMatchObject({ rules: 'withdraw', unproven: [] });
    expect(await isAlive()).toBe(false);
    await pollUntil(
      async () => (await world.gateway.events(clusterRetired)).some(({ cluster_id }) => cluster_id === cluster.id),
      { what: 'the retirement is told' },
    );
    const { items } = await world.gateway.request(listHealthHistory, { cluster_id: cluster.id });
    expect(items).toContainEqual(
      expect.objectContaining({ member: 'p0', status: 'unknown', reason: 'the cluster was retired' }),
    );
  });

  it('does not wait for a member that is silent, and names it', async () => {
    await shows('p0', { rules });
    await shows('p1', { rules });
    await retire('withdraw');
    world.clock.advance(100_000);
    await shows('p0', { rules });
    await world.look();
    expect((await view()).status).toBe('retiring');
    await shows('p0', { state: 'live' });
    expect((await until('retired')).retirement).toMatchObject({ unproven: ['p1'] });
  });

  it('can be ended while it waits', async () => {
    await shows('p0', { rules });
    await retire('withdraw');
    await retire('withdraw');
    expect((await view()).status).toBe('retiring');
    await retire('keep');
    expect(await view()).toMatchObject({ status: 'retired', retirement: { rules: 'keep', unproven: ['p0'] } });
    expect(await isAlive()).toBe(false);
  });

  it('that withdraws is over at once when nobody ever ran a rule', async () => {
    await retire('withdraw');
    expect((await view()).status).toBe('retired');
  });
});
