import {
  clusterChanged,
  clusterRegistered,
  clusterRetired,
  clusterTokenIssued,
  clusterTokenRevoked,
  findClusterToken,
  getCluster,
  getDesiredAlertmanagerConfig,
  issueClusterToken,
  listClusters,
  listClusterTokens,
  resolveTargets,
  retireCluster,
  revokeClusterToken,
  serviceOperations,
  updateCluster,
} from '@alertagent/contracts';
import { pollUntil, sharedStack, type NatsServer } from '@alertagent/local-stack';
import { assertNoDrift, tokenHash } from '@alertagent/service-kit';
import { DataSource } from 'typeorm';
import { ACTOR, ClustersWorld, newName } from './clusters-world';

const stack = sharedStack();
let nats: NatsServer;

beforeAll(async () => {
  nats = await stack.startTestNats();
}, 120_000);
afterAll(() => stack.close());

describe.each(stack.testDatabaseUrls())('clusters on $name', (database) => {
  let world: ClustersWorld;

  beforeAll(async () => {
    world = await ClustersWorld.start(nats, database);
  }, 120_000);
  afterAll(() => world.close());

  const find = (token: string) => world.gateway.request(findClusterToken, { token_hash: tokenHash(token) });

  it('keep tables that the entities describe exactly', async () => {
    await assertNoDrift(world.service.get(DataSource));
  });

  it('are registered with two tokens that are told to others by hash and kept nowhere', async () => {
    const cluster = await world.register({ labels: { region: 'eu' }, endpoint: 'http://alertmanager:9093' });
    expect(cluster).toMatchObject({
      version: 1,
      config: { sync_interval: '30s', health_check_interval: '10s', retry_attempts: 3 },
    });
    expect(cluster.tokens.webhook).toMatch(/^aat_webhook_[A-Za-z0-9_-]{43}$/);
    expect(cluster.tokens.sync).toMatch(/^aat_sync_[A-Za-z0-9_-]{43}$/);

    const grants = await pollUntil(
      async () => {
        const events = (await world.gateway.events(clusterTokenIssued)).filter(
          ({ cluster_id }) => cluster_id === cluster.id,
        );
        return events.length === 2 ? events : null;
      },
      { what: 'both tokens are told' },
    );
    expect(grants).toEqual([await find(cluster.tokens.webhook), await find(cluster.tokens.sync)]);
    expect(grants[0]).toMatchObject({
      cluster_name: cluster.name,
      purpose: 'webhook',
      token_hash: tokenHash(cluster.tokens.webhook),
    });
    expect(
      (await world.gateway.events(clusterRegistered)).filter(({ cluster_id }) => cluster_id === cluster.id),
    ).toMatchObject([{ labels: { region: 'eu' }, version: 1 }]);
    const { items } = await world.gateway.request(serviceOperations.clusters.listAudit, { limit: 1 });
    expect(items).toMatchObject([{ action: 'cluster.registered', resource_id: cluster.id, actor: ACTOR }]);
    expect(JSON.stringify(items)).not.toMatch(/aat_/);
    expect(JSON.stringify(world.service.logLines())).not.toMatch(/aat_/);
  });

  it('keep where PromQL is asked until it is changed or taken away', async () => {
    const { id, name } = await world.register({ query_url: 'http://prometheus:9090/prom/' });
    const change = async (query_url?: string | null) =>
      (await world.gateway.request(updateCluster, { id, cluster: { name, query_url }, actor: ACTOR })).query_url;
    expect((await world.gateway.request(getCluster, { id })).query_url).toBe('http://prometheus:9090/prom');
    expect(await change()).toBe('http://prometheus:9090/prom');
    expect(await change('https://vm:8428')).toBe('https://vm:8428');
    expect(await change(null)).toBeNull();
    for (const query_url of ['http://user:pw@prometheus:9090', 'file:///etc/passwd', 'http://p/?x=1']) {
      await expect(world.register({ query_url })).rejects.toMatchObject({
        code: 'invalid',
        errors: [{ pointer: '/cluster/query_url' }],
      });
    }
  });

  it('have names that are unique byte by byte, until they are retired', async () => {
    const name = newName();
    const first = await world.register({ name });
    await expect(world.register({ name })).rejects.toMatchObject({ code: 'conflict', errors: [{ pointer: '/name' }] });
    const upper = await world.register({ name: name.toUpperCase() });
    await expect(
      world.gateway.request(updateCluster, { id: upper.id, cluster: { name }, actor: ACTOR }),
    ).rejects.toMatchObject({ code: 'conflict' });
    await world.gateway.request(retireCluster, { id: first.id, actor: ACTOR });
    expect((await world.register({ name })).id).not.toBe(first.id);
  });

  it('are refused with names that look like ids and intervals out of range', async () => {
    await expect(
      world.register({
        name: '0197a3c2-7b1e-7000-8000-000000000000',
        config: { sync_interval: '1ms', health_check_interval: '2h' },
      }),
    ).rejects.toMatchObject({
      code: 'invalid',
      errors: [
        { pointer: '/name' },
        { pointer: '/config/sync_interval' },
        { pointer: '/config/health_check_interval' },
      ],
    });
  });

  it('are found by id and by name', async () => {
    const cluster = await world.register();
    const { tokens: _, ...view } = cluster;
    expect(await world.gateway.request(getCluster, { id: cluster.id })).toEqual(view);
    expect(await world.gateway.request(getCluster, { id: cluster.name })).toEqual(view);
    await expect(world.gateway.request(getCluster, { id: cluster.name.toUpperCase() })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('let one of many parallel changes of a version win', async () => {
    const { id, name } = await world.register();
    const change = (step: number) =>
      world.gateway.request(updateCluster, {
        id,
        cluster: { name, labels: { step: `${step}` } },
        expected_version: 1,
        actor: ACTOR,
      });
    const outcomes = await Promise.allSettled([1, 2, 3, 4, 5, 6].map(change));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'conflict' });
    expect((await world.gateway.request(getCluster, { id })).version).toBe(2);
  });

  it('tell a change once, and nothing when nothing changed', async () => {
    const { id, name } = await world.register({ labels: { a: '1', b: '2' } });
    const same = await world.gateway.request(updateCluster, {
      id,
      cluster: { name, labels: { b: '2', a: '1' } },
      actor: ACTOR,
    });
    expect(same.version).toBe(1);
    await world.gateway.request(updateCluster, { id: name, cluster: { name, labels: { a: '1' } }, actor: ACTOR });
    const events = await pollUntil(
      async () => {
        const own = (await world.gateway.events(clusterChanged)).filter(({ cluster_id }) => cluster_id === id);
        return own.length > 0 ? own : null;
      },
      { what: 'the change is told' },
    );
    expect(events).toMatchObject([{ version: 2, labels: { a: '1' } }]);
  });

  it('take their tokens with them when they are retired', async () => {
    const cluster = await world.register();
    await world.gateway.request(retireCluster, { id: cluster.name, actor: ACTOR });
    await expect(find(cluster.tokens.sync)).rejects.toMatchObject({ code: 'not_found' });
    await expect(world.gateway.request(getCluster, { id: cluster.name })).rejects.toMatchObject({ code: 'not_found' });
    await expect(world.gateway.request(retireCluster, { id: cluster.id, actor: ACTOR })).rejects.toMatchObject({
      code: 'not_found',
    });
    await pollUntil(
      async () => (await world.gateway.events(clusterRetired)).some(({ cluster_id }) => cluster_id === cluster.id),
      { what: 'the retirement is told' },
    );
    expect(
      (await world.gateway.events(clusterTokenRevoked)).filter(({ cluster_id }) => cluster_id === cluster.id),
    ).toHaveLength(2);
  });

  it('get more tokens, which can be revoked and expire', async () => {
    const cluster = await world.register();
    const issue = (expires_at?: string) =>
      world.gateway.request(issueClusterToken, {
        cluster_id: cluster.name,
        purpose: 'sync',
        name: 'rotation',
        expires_at,
        actor: ACTOR,
      });
    const soon = new Date(world.clock.now().getTime() + 60_000).toISOString();
    const [kept, revoked, expiring] = [await issue(), await issue(), await issue(soon)];
    await expect(issue('2001-01-01T00:00:00Z')).rejects.toMatchObject({
      code: 'invalid',
      errors: [{ pointer: '/expires_at' }],
    });
    expect(await find(expiring.token)).toMatchObject({ token_id: expiring.id, expires_at: soon });

    const revoke = { cluster_id: cluster.id, token_id: revoked.id, actor: ACTOR };
    await world.gateway.request(revokeClusterToken, revoke);
    await world.gateway.request(revokeClusterToken, revoke);
    world.clock.advance(61_000);
    await expect(find(revoked.token)).rejects.toMatchObject({ code: 'not_found' });
    await expect(find(expiring.token)).rejects.toMatchObject({ code: 'not_found' });
    expect(await find(kept.token)).toMatchObject({ token_id: kept.id, cluster_id: cluster.id });

    const { items } = await world.gateway.request(listClusterTokens, { id: cluster.name });
    expect(items.map(({ purpose, name, revoked_at }) => [purpose, name, revoked_at === null])).toEqual([
      ['webhook', 'first webhook token', true],
      ['sync', 'first sync token', true],
      ['sync', 'rotation', true],
      ['sync', 'rotation', false],
      ['sync', 'rotation', true],
    ]);
    expect(JSON.stringify(items)).not.toMatch(/aat_/);
    await pollUntil(
      async () => (await world.gateway.events(clusterTokenRevoked)).some(({ token_id }) => token_id === revoked.id),
      { what: 'the revocation is told' },
    );
    expect(
      (await world.gateway.events(clusterTokenRevoked)).filter(({ token_id }) => token_id === revoked.id),
    ).toHaveLength(1);
  });

  it('do not let one cluster revoke the token of another', async () => {
    const [a, b] = [await world.register(), await world.register()];
    const { items } = await world.gateway.request(listClusterTokens, { id: a.id });
    await expect(
      world.gateway.request(revokeClusterToken, { cluster_id: b.id, token_id: items[0]!.id, actor: ACTOR }),
    ).rejects.toMatchObject({ code: 'not_found' });
    expect(await find(a.tokens.webhook)).toMatchObject({ cluster_id: a.id });
  });

  it('are what ids, names and selectors mean, and the unknown ones are named', async () => {
    const zone = newName();
    const [a, b, c] = [
      await world.register({ labels: { zone, tier: '1' } }),
      await world.register({ labels: { zone } }),
      await world.register(),
    ];
    const resolve = (targets: (string | { labels: Record<string, string> })[]) =>
      world.gateway.request(resolveTargets, { targets });
    const answer = await resolve([{ labels: { zone } }, c.name, a.id, 'nowhere', { labels: { zone: 'none' } }]);
    expect(answer.unknown).toEqual(['nowhere']);
    expect(answer.clusters.map(({ id }) => id).sort()).toEqual([a.id, b.id, c.id].sort());
    expect((await resolve([{ labels: { zone, tier: '1' } }])).clusters).toEqual([{ id: a.id, name: a.name }]);
  });

  it('are listed page by page and by a part of the name', async () => {
    const prefix = newName();
    const names = [`${prefix}-B`, `${prefix}_a`, `${prefix}-c`];
    for (const name of names) await world.register({ name });
    const first = await world.gateway.request(listClusters, { name: prefix.toUpperCase(), limit: 2 });
    expect(first.items.map(({ name }) => name)).toEqual(names.slice(0, 2));
    expect(
      await world.gateway.request(listClusters, { name: prefix, limit: 2, cursor: first.next_cursor }),
    ).toMatchObject({ items: [{ name: names[2] }], next_cursor: null });
    expect((await world.gateway.request(listClusters, { name: `${prefix}_` })).items).toHaveLength(1);
    await expect(world.gateway.request(listClusters, { cursor: '1' })).rejects.toMatchObject({ code: 'invalid' });
  });

  it('of the configuration are registered once, and their Alertmanagers are told to send here', async () => {
    const name = newName();
    const settings = {
      alertmanager: {
        clusters: [
          {
            name,
            endpoint: 'http://am:9093',
            sync_interval: 90_000,
            health_check_interval: 10_000,
            labels: { a: 'b' },
          },
        ],
      },
      server: { public_url: 'https://alerts.example.org/' },
    };
    await world.service.close();
    await world.startService(settings);
    const { id, config, version } = await world.gateway.request(getCluster, { id: name });
    expect({ config, version }).toMatchObject({ config: { sync_interval: '1m30s' }, version: 1 });
    expect(await world.gateway.request(getDesiredAlertmanagerConfig, { id })).toMatchObject({
      cluster_id: id,
      webhook_url: 'https://alerts.example.org/api/v1/alerts/webhook',
      credentials_file: 'alertagent-webhook.token',
    });
    await world.service.close();
    await world.startService(settings);
    expect(await world.gateway.request(getCluster, { id: name })).toMatchObject({ id, version: 1 });
  });
});
