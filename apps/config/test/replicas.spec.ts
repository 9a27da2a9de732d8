import { listRevisions } from '@alertagent/contracts';
import { pollUntil } from '@alertagent/local-stack';
import type { TestService } from '@alertagent/service-kit/testing';
import { Renderer } from '../src/rendering/renderer';
import { LongPolls } from '../src/serving/long-polls';
import { rule } from './neighbours';
import { Stand } from './stand';

describe('two replicas on MariaDB', () => {
  let stand: Stand;
  let other: TestService;

  beforeAll(async () => {
    stand = await Stand.start('MariaDB');
    other = await stand.startReplica();
  }, 120_000);

  afterAll(async () => {
    await other?.close();
    await stand?.stop();
  });

  it('wakes those who wait at one replica when another one publishes, under the same key', async () => {
    const cluster = stand.neighbours.addCluster();
    const original = rule('Down');
    await stand.neighbours.place(cluster, [original]);
    const first = await stand.served(cluster, 1);
    const tag = first.headers.get('etag') ?? '';
    const waiting = [stand.service, other].map((service) => stand.fetch(cluster, { tag, wait: '60s' }, service));
    for (const service of [stand.service, other]) {
      await pollUntil(() => service.get(LongPolls).open === 1, { what: 'an open long poll' });
    }
    await stand.neighbours.place(cluster, [{ ...original, version: 2 }]);
    for (const { status, headers } of await Promise.all(waiting)) {
      expect([status, headers.get('x-config-revision')]).toEqual([200, '2']);
      expect(headers.get('x-config-key')).toBe(first.headers.get('x-config-key'));
    }
  });

  it('publishes one revision when both render the same change at once', async () => {
    const cluster = stand.neighbours.addCluster();
    const original = rule('Down');
    await stand.neighbours.place(cluster, [original]);
    await stand.served(cluster, 1);
    cluster.rules = [{ ...original, version: 2 }];
    stand.neighbours.answerTogether(2);
    const key = { clusterId: cluster.id, type: 'prometheus-rules' as const };
    const renderers = [stand.service, other].map((service) => service.get(Renderer));
    const outcomes = await Promise.all(renderers.map((renderer) => renderer.render(key)));
    expect(outcomes.sort()).toEqual(['published', 'unchanged']);
    const { items } = await stand.neighbours.rules.request(listRevisions, { cluster_id: cluster.id });
    expect(items.map(({ revision }) => revision)).toEqual([2, 1]);
  });

  it('starts again with the same key and the same revisions', async () => {
    const cluster = stand.neighbours.addCluster();
    await stand.neighbours.place(cluster, [rule('Down')]);
    const before = await stand.served(cluster, 1);
    await other.close();
    other = await stand.startReplica();
    const after = await stand.fetch(cluster, {}, other);
    for (const name of ['etag', 'x-config-key', 'x-config-signature'])
      expect(after.headers.get(name)).toBe(before.headers.get(name));
    expect(after.body).toEqual(before.body);
  });

  it('goes on serving what it has, marked as stale, while the database is down', async () => {
    const cluster = stand.neighbours.addCluster();
    const unknown = stand.neighbours.addCluster();
    await stand.neighbours.place(cluster, [rule('Down')]);
    const before = await stand.served(cluster, 1);
    const tag = before.headers.get('etag') ?? '';
    expect(before.headers.get('age')).toBeNull();
    await stand.fetch(unknown);
    const noticed = (): number =>
      stand.service.logLines().filter(({ message }) => /^The database does not answer/.test(String(message))).length;
    const outages = noticed();
    stand.mariadb?.kill('SIGKILL');
    // From here on no look at the database that began before the outage can still confirm anything.
    await pollUntil(() => noticed() > outages, { what: 'the outage to be noticed' });
    stand.clock.advance(7_000);
    const stale = await stand.fetch(cluster);
    expect([stale.status, stale.body]).toEqual([200, before.body]);
    expect(stale.headers.get('age')).toBe('7');
    expect(stale.headers.get('warning')).toMatch(/^110 /);
    expect((await stand.fetch(cluster, { tag })).status).toBe(304);
    expect((await stand.fetch(cluster, { tag, wait: '50ms' })).status).toBe(304);
    const missing = await stand.fetch(unknown);
    expect([missing.status, missing.headers.get('retry-after')]).toEqual([503, '1']);
    await stand.mariadb?.restart();
    await pollUntil(async () => (await stand.fetch(cluster)).headers.get('age') === null, { what: 'a fresh answer' });
    await pollUntil(async () => (await stand.fetch(unknown)).status === 404, { what: 'an answer from the database' });
  }, 60_000);
});
