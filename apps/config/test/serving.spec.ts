import { createPublicKey, verify } from 'node:crypto';
import { clusterRetired } from '@alertagent/contracts';
import { pollUntil } from '@alertagent/local-stack';
import { assertNoDrift } from '@alertagent/service-kit';
import { DataSource } from 'typeorm';
import { LongPolls } from '../src/serving/long-polls';
import { rule } from './neighbours';
import { Stand, type DatabaseKind } from './stand';

describe.each<DatabaseKind>(['SQLite', 'MariaDB'])('serving on %s', (kind) => {
  let stand: Stand;

  beforeAll(async () => {
    stand = await Stand.start(kind);
  }, 120_000);

  afterAll(() => stand?.stop());

  const pollsOpen = (count: number): Promise<boolean> =>
    pollUntil(() => stand.service.get(LongPolls).open === count, { what: `${count} open long polls` });

  it('has tables that are exactly what the entities say', async () => {
    await assertNoDrift(stand.service.get(DataSource));
  });

  it('serves the exact bytes under a signature that the public key verifies', async () => {
    const cluster = stand.neighbours.addCluster();
    await stand.neighbours.place(cluster, [rule('Down'), rule('Naïve "quotes" ✓')]);
    const { status, headers, body } = await stand.served(cluster, 1);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^application\/yaml/);
    expect(headers.get('etag')).toBe(`"1-${headers.get('x-config-hash')?.slice(0, 16)}"`);
    expect(headers.get('x-config-rules')).toBe('2');
    expect(headers.get('x-config-empty')).toBeNull();
    expect(headers.get('x-config-cluster')).toBe(cluster.id);
    const key = createPublicKey({
      key: Buffer.from(headers.get('x-config-key') ?? '', 'base64'),
      format: 'der',
      type: 'spki',
    });
    const signature = Buffer.from(headers.get('x-config-signature') ?? '', 'base64');
    const text = `alertagent-config-v1\n${cluster.id}\nprometheus-rules\n1\n${headers.get('x-config-hash')}\n${body.length}\n2\n`;
    expect(verify(null, Buffer.from(text), key, signature)).toBe(true);
    expect(verify(null, Buffer.from(text.replace(cluster.id, 'another')), key, signature)).toBe(false);
  });

  it('answers a pull however it is spelled, and refuses it alike', async () => {
    const [cluster, other] = [stand.neighbours.addCluster(), stand.neighbours.addCluster()];
    await stand.neighbours.place(cluster, [rule('Down')]);
    const tag = (await stand.served(cluster, 1)).headers.get('etag') ?? '';
    const ask = async (path: string, token: string, more: Record<string, string> = {}) => {
      const headers = { authorization: `Bearer ${token}`, 'x-correlation-id': 'ticket-1', ...more };
      const response = await fetch(`${stand.service.httpUrl}/api/v1/configs?${path}`, { headers });
      const said = Object.fromEntries([...response.headers].filter(([name]) => !['date', 'vary'].includes(name)));
      return { status: response.status, said, body: await response.text() };
    };
    const plain = `cluster_id=${cluster.id}&type=prometheus-rules`;
    // An escape that means the same letter is left to the framework.
    const escaped = plain.replace('prometheus', '%70rometheus');
    const webhook = stand.neighbours.token(cluster, 'webhook');
    const cases: [token: string, more?: Record<string, string>][] = [
      [cluster.syncToken],
      [cluster.syncToken, { 'if-none-match': tag }],
      [cluster.syncToken, { 'if-none-match': '"0-other"' }],
      [other.syncToken],
      [webhook],
      ['aat_sync_nobodys'],
      ['not a token'],
    ];
    const statuses: number[] = [];
    for (const [token, more] of cases) {
      // Once from the database, once from memory.
      for (let time = 0; time < 2; time += 1) {
        const direct = await ask(plain, token, more);
        expect(direct).toEqual(await ask(escaped, token, more));
        statuses.push(direct.status);
      }
    }
    expect(statuses).toEqual([200, 304, 200, 404, 403, 401, 401].flatMap((status) => [status, status]));
  });

  it('answers 304 to the current tag, 200 to any other, and the headers alone to HEAD', async () => {
    const cluster = stand.neighbours.addCluster();
    await stand.neighbours.place(cluster, [rule('Down')]);
    const first = await stand.served(cluster, 1);
    const tag = first.headers.get('etag') ?? '';
    const same = await stand.fetch(cluster, { tag });
    expect([same.status, same.body.length]).toEqual([304, 0]);
    expect((await stand.fetch(cluster, { tag: `W/${tag}` })).status).toBe(304);
    expect((await stand.fetch(cluster, { tag: '"0-other"' })).status).toBe(200);
    expect((await stand.fetch(cluster, { named: cluster.name })).body).toEqual(first.body);
    const head = await stand.fetch(cluster, { method: 'HEAD' });
    expect([head.status, head.body.length, head.headers.get('etag')]).toEqual([200, 0, tag]);
    expect(head.headers.get('content-length')).toBe(String(first.body.length));
  });

  it('wakes a waiting request when the rule changes', async () => {
    const cluster = stand.neighbours.addCluster();
    const original = rule('Down');
    await stand.neighbours.place(cluster, [original]);
    const tag = (await stand.served(cluster, 1)).headers.get('etag') ?? '';
    const waiting = stand.fetch(cluster, { tag, wait: '30s' });
    await pollsOpen(1);
    await stand.neighbours.place(cluster, [{ ...original, version: 2, expression: 'up == 1' }]);
    const woken = await waiting;
    expect([woken.status, woken.headers.get('x-config-revision')]).toEqual([200, '2']);
    expect(woken.body.toString()).toContain('up == 1');
    await pollsOpen(0);
  });

  it('holds the very first request until there is a first revision', async () => {
    const cluster = stand.neighbours.addCluster();
    const waiting = stand.fetch(cluster, { wait: '30s' });
    await pollsOpen(1);
    await stand.neighbours.place(cluster, [rule('Down')]);
    expect((await waiting).status).toBe(200);
  });

  it('answers 304 when the wait is over and nothing came', async () => {
    const cluster = stand.neighbours.addCluster();
    await stand.neighbours.place(cluster, [rule('Down')]);
    const tag = (await stand.served(cluster, 1)).headers.get('etag') ?? '';
    expect((await stand.fetch(cluster, { tag, wait: '50ms' })).status).toBe(304);
  });

  it('forgets a waiting request whose caller hung up', async () => {
    const cluster = stand.neighbours.addCluster();
    const gone = new AbortController();
    const query = new URLSearchParams({ cluster_id: cluster.id, type: 'prometheus-rules', wait: '60s' });
    const waiting = fetch(`${stand.service.httpUrl}/api/v1/configs?${query}`, {
      headers: { authorization: `Bearer ${cluster.syncToken}` },
      signal: gone.signal,
    });
    await pollsOpen(1);
    gone.abort();
    await expect(waiting).rejects.toThrow();
    await pollsOpen(0);
  });

  it('tells nobody without the right token whether a cluster exists', async () => {
    const mine = stand.neighbours.addCluster();
    const theirs = stand.neighbours.addCluster();
    await stand.neighbours.place(mine, [rule('Own')]);
    await stand.served(mine, 1);
    await stand.neighbours.place(theirs, [rule('Secret')]);
    await stand.served(theirs, 1);
    const denied = await stand.fetch(theirs, { token: mine.syncToken });
    const absent = await stand.fetch(
      { ...theirs, id: '01900000-0000-7000-8000-000000000000' },
      { token: mine.syncToken },
    );
    const withoutId = ({ body }: { body: Buffer }) => ({
      ...(JSON.parse(body.toString()) as object),
      instance: '',
      request_id: '',
    });
    expect([denied.status, absent.status]).toEqual([404, 404]);
    expect(denied.headers.get('content-type')).toContain('application/problem+json');
    expect(withoutId(denied)).toEqual(withoutId(absent));
    expect((await stand.fetch(stand.neighbours.addCluster())).status).toBe(404);
    expect((await stand.fetch(mine, { token: stand.neighbours.token(mine, 'webhook') })).status).toBe(403);
    expect((await stand.fetch(mine, { token: 'aat_sync_nobody-issued-this' })).status).toBe(401);
  });

  it.each([
    ['GET', '/api/v1/configs?cluster_id=x&type=prometheus-rules'],
    ['HEAD', '/api/v1/configs?cluster_id=x&type=prometheus-rules'],
    ['POST', '/api/v1/configs/reports'],
    ['POST', '/api/v1/configs/webhook-token'],
  ])('answers 401 to %s %s without a token', async (method, path) => {
    expect((await fetch(`${stand.service.httpUrl}${path}`, { method })).status).toBe(401);
  });

  it.each([['type=rules'], ['type=prometheus-rules&wait=soon'], ['type=prometheus-rules&more=1'], ['']])(
    'refuses the query %s',
    async (query) => {
      const cluster = stand.neighbours.addCluster();
      const headers = { authorization: `Bearer ${cluster.syncToken}` };
      const response = await fetch(`${stand.service.httpUrl}/api/v1/configs?cluster_id=${cluster.id}&${query}`, {
        headers,
      });
      expect(response.status).toBe(400);
    },
  );

  it('stops serving a cluster that is retired', async () => {
    const cluster = stand.neighbours.addCluster();
    await stand.neighbours.place(cluster, [rule('Down')]);
    await stand.served(cluster, 1);
    await stand.neighbours.clustersPeer.publish(clusterRetired, {
      cluster_id: cluster.id,
      name: cluster.name,
      retired_at: '2030-01-01T00:00:00Z',
    });
    await pollUntil(async () => (await stand.fetch(cluster)).status === 404, { what: 'the cluster to be gone' });
    await stand.untilRendered('skipped', () => stand.neighbours.place(cluster, [rule('Late')]));
    expect((await stand.fetch(cluster)).status).toBe(404);
  });

  it('lets everybody go at once when it stops', async () => {
    const cluster = stand.neighbours.addCluster();
    await stand.neighbours.place(cluster, [rule('Down')]);
    const tag = (await stand.served(cluster, 1)).headers.get('etag') ?? '';
    const waiting = stand.fetch(cluster, { tag, wait: '60s' });
    await pollsOpen(1);
    await stand.service.close();
    expect((await waiting).status).toBe(304);
    stand.service = await stand.startReplica();
  });
});
