import { randomUUID } from 'node:crypto';
import {
  createSilence,
  getAlertmanagerStatus,
  getCluster,
  listActiveAlerts,
  listAlertmanagerStatus,
  listSilences,
  mergeActiveAlerts,
  mergeSilences,
  updateCluster,
  type RegisteredCluster,
} from '@alertagent/contracts';
import { pollUntil, sharedStack, type NatsServer } from '@alertagent/local-stack';
import { AlertmanagerPair, fire, silencesAt } from './alertmanager-pair';
import { ACTOR, ClustersWorld, newName } from './clusters-world';

const stack = sharedStack();
let nats: NatsServer;

beforeAll(async () => {
  nats = await stack.startTestNats();
}, 120_000);
afterAll(() => stack.close());

describe.each(stack.testDatabaseUrls())('the Alertmanagers of a cluster, on $name', (database) => {
  let world: ClustersWorld;
  let pair: AlertmanagerPair;
  let cluster: RegisteredCluster;

  beforeAll(async () => {
    world = await ClustersWorld.start(nats, database, { security: { outbound_allow: ['127.0.0.0/8'] } });
    pair = await AlertmanagerPair.start();
  }, 120_000);
  afterAll(async () => {
    await pair?.stop();
    await world?.close();
  }, 60_000);
  beforeEach(async () => {
    pair.mend();
    cluster = await world.register({ alertmanagers: pair.addresses });
  });

  const status = () => world.gateway.request(getAlertmanagerStatus, { id: cluster.id });
  const alerts = (limit = 500) => world.gateway.request(listActiveAlerts, { id: cluster.id, limit });
  /** Asked directly, without the doors, by somebody who has no other member. */
  const direct = (index: 0 | 1) => ({ url: pair.servers[index].url });

  it('are kept, shown, left alone by those who do not know of them, changed and removed', async () => {
    const addresses = [{ url: 'http://a:9093/am', member: 'am-0' }, { url: 'https://b' }];
    const { id, name } = await world.register({
      alertmanagers: [{ url: 'http://a:9093/am/', member: 'am-0' }, addresses[1]!],
    });
    const stored = async () => (await world.gateway.request(getCluster, { id })).alertmanagers;
    expect(await stored()).toEqual([addresses[0], { url: 'https://b', member: null }]);
    const update = (alertmanagers?: { url: string }[] | null) =>
      world.gateway.request(updateCluster, { id, cluster: { name, labels: { a: 'b' }, alertmanagers }, actor: ACTOR });
    await update(undefined);
    expect(await stored()).toHaveLength(2);
    await update([{ url: 'https://c' }]);
    expect(await stored()).toEqual([{ url: 'https://c', member: null }]);
    await update(null);
    expect(await stored()).toEqual([]);
    await expect(world.gateway.request(listSilences, { id })).rejects.toMatchObject({ code: 'conflict' });
  });

  it.each([
    [[{ url: 'ftp://a' }]],
    [[{ url: 'http://user:secret@a' }]],
    [[{ url: 'http://[x' }]],
    [[{ url: 'http://a' }, { url: 'http://a/' }]],
    [Array.from({ length: 17 }, (_, index) => ({ url: `http://a${index}` }))],
  ])('are refused when no request could go there, or twice: %j', async (alertmanagers) => {
    const error = await world.register({ alertmanagers }).catch((problem: unknown) => problem);
    expect(error).toMatchObject({
      code: 'invalid',
      errors: [{ pointer: expect.stringMatching(/^\/(cluster\/)?alertmanagers/) as unknown }],
    });
  });

  it('tell their version and with whom they gossip, each for itself', async () => {
    expect(await status()).toMatchObject({
      meshes: 1,
      members: [0, 1].map((index) => ({
        address: pair.doors[index]!.url,
        answered: true,
        mesh: 1,
        mesh_status: expect.stringMatching(/^(ready|settling)$/) as unknown,
        version: expect.stringMatching(/^\d+\.\d+/) as unknown,
        breaker: 'closed',
      })),
    });
    const { items } = await world.gateway.request(listAlertmanagerStatus, { limit: 500 });
    expect(items.map(({ cluster_id }) => cluster_id)).toContain(cluster.id);
  });

  it('without an address of their own are asked at the endpoint', async () => {
    cluster = await world.register({ endpoint: pair.doors[0].url });
    expect((await status()).members).toMatchObject([{ address: pair.doors[0].url, answered: true }]);
  });

  it('are not asked where the operator lets nothing go', async () => {
    cluster = await world.register({ alertmanagers: [{ url: 'http://10.11.12.13:9093' }] });
    expect((await status()).members).toMatchObject([
      { answered: false, reason: expect.stringContaining('security.outbound_allow') as unknown },
    ]);
    // No repetition helps.
    await expect(alerts()).rejects.toMatchObject({ code: 'conflict' });
  });

  it('answer one by one for each other when one answers nonsense', async () => {
    for (const spoiling of ['answers 500', 'answers HTML'] as const) {
      pair.doors[0].spoilt.set('GET', spoiling);
      const answers = [await alerts(), await alerts()];
      // Whoever is asked first, the other one is asked when it is of no use.
      expect(answers.flatMap(({ unanswered }) => unanswered)).toMatchObject([{ address: pair.doors[0].url }]);
      expect((await world.gateway.request(mergeActiveAlerts, { cluster: cluster.id })).unanswered).toMatchObject([
        { address: pair.doors[0].url, cluster: cluster.name },
      ]);
    }
    pair.doors[1].spoilt.set('GET', 'answers 500');
    await expect(alerts()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('no Alertmanager') as unknown,
    });
  });

  it('are all asked for the merged view, which has each alert once and what one of them missed', async () => {
    const service = randomUUID();
    await fire(pair.servers[0].url, { alertname: 'Both', service });
    await fire(pair.servers[1].url, { alertname: 'Both', service });
    await fire(pair.servers[1].url, { alertname: 'One', service, severity: 'critical' });
    const merged = await world.gateway.request(mergeActiveAlerts, {
      cluster: cluster.id,
      filter: `service="${service}"`,
    });
    expect(merged.unanswered).toEqual([]);
    expect(merged.items.map(({ labels, members }) => [labels['alertname'], members.length]).sort()).toEqual([
      ['Both', 2],
      ['One', 1],
    ]);
    const pages = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await world.gateway.request(mergeActiveAlerts, {
        filter: `{service="${service}"}`,
        limit: 1,
        cursor,
      });
      pages.push(...page.items.filter(({ cluster_id }) => cluster_id === cluster.id));
      cursor = page.next_cursor ?? null;
    }
    expect(pages.map(({ labels }) => labels['alertname']).sort()).toEqual(['Both', 'One']);
    await expect(world.gateway.request(mergeActiveAlerts, { filter: 'service=~"("' })).rejects.toMatchObject({
      code: 'invalid',
      errors: [{ pointer: '/filter' }],
    });
  });

  it('do without one that was killed, which has the silence when it is back', async () => {
    cluster = await world.register({ alertmanagers: [direct(0), direct(1)] });
    pair.servers[0].kill('SIGKILL');
    await pair.servers[0].exited;
    const service = randomUUID();
    const written = await world.gateway.request(createSilence, {
      id: cluster.id,
      silence: {
        matchers: [{ name: 'service', value: service }],
        ends_at: new Date(Date.now() + 3_600_000).toISOString(),
        comment: 'one is down',
      },
      idempotency_key: randomUUID(),
      actor: ACTOR,
    });
    expect(written).toMatchObject({
      meshes: [{ written_by: pair.servers[1].url, members: [pair.servers[1].url] }],
      unanswered: [{ address: pair.servers[0].url, reason: expect.stringContaining('ECONNREFUSED') as unknown }],
    });
    await pair.servers[0].restart();
    await pair.untilJoined();
    await pollUntil(async () => (await silencesAt(pair.servers[0].url, service)).length === 1, {
      what: 'gossip brings the silence',
      timeoutMs: 60_000,
    });
    expect(await silencesAt(pair.servers[1].url, service)).toHaveLength(1);
  }, 120_000);

  it('do without one that is frozen, are told which, and leave it alone after three failures until it is tried again', async () => {
    cluster = await world.register({ name: newName(), alertmanagers: [direct(0), direct(1)] });
    pair.servers[0].kill('SIGSTOP');
    try {
      for (let round = 0; round < 6; round += 1) expect((await alerts()).items).toBeDefined();
      const { members } = await status();
      expect(members).toMatchObject([
        { answered: false, breaker: 'open', reason: expect.stringContaining('left alone') as unknown },
        { answered: true, breaker: 'closed' },
      ]);
      const { unanswered } = await world.gateway.request(mergeSilences, { cluster: cluster.id });
      expect(unanswered).toMatchObject([{ address: pair.servers[0].url }]);
      const shown = (await world.service.metrics.render()).body.split('\n');
      expect(shown).toContainEqual(
        `alertagent_alertmanager_breaker_state{cluster="${cluster.name}",member="${pair.servers[0].url}",status="open"} 1`,
      );
      expect(shown).toContainEqual(
        expect.stringMatching(/alertmanager_requests_total\{operation="alerts",outcome="timeout"\} [3-9]/),
      );
    } finally {
      pair.servers[0].kill('SIGCONT');
    }
    // The breaker's clock is the machine's.
    const later = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 3_600_000);
    try {
      expect((await status()).members[0]).toMatchObject({ answered: true, breaker: 'closed' });
    } finally {
      later.mockRestore();
    }
  }, 120_000);
});
