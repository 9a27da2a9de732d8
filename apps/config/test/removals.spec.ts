import { createHash, createPublicKey, verify } from 'node:crypto';
import { confirmRemoval, listRevisions, rollBack, ServiceError, type ClusterRule } from '@alertagent/contracts';
import { pollUntil } from '@alertagent/local-stack';
import { ADA, Fleet } from './fleet';
import { rule, type KnownCluster } from './neighbours';
import { Stand, type DatabaseKind, type Fetched } from './stand';

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/** Whether the contents in the header are signed for this cluster, file and revision. */
function isRemovalSigned(cluster: KnownCluster, { headers }: Fetched): boolean {
  const said = (name: string): string => headers.get(name) ?? '';
  const key = createPublicKey({ key: Buffer.from(said('x-config-key'), 'base64'), format: 'der', type: 'spki' });
  const from = said('x-config-removal').split(',').join('\n');
  const to = `${said('x-config-revision')}\n${said('x-config-hash')}`;
  const text = `alertagent-removal-v1\n${cluster.id}\nprometheus-rules\n${to}\n${from}`;
  return verify(null, Buffer.from(text), key, Buffer.from(said('x-config-removal-signature'), 'base64'));
}

describe.each<DatabaseKind>(['SQLite', 'MariaDB'])('the removal of many rules on %s', (kind) => {
  let stand: Stand;
  let fleet: Fleet;

  beforeAll(async () => {
    stand = await Stand.start(kind);
    fleet = new Fleet(stand);
  }, 120_000);

  afterAll(() => stand?.stop());

  const ask = <T>(call: (peer: Stand['neighbours']['rules']) => Promise<T>): Promise<T> => call(stand.neighbours.rules);
  const order = ({ id }: KnownCluster) =>
    ask((peer) => peer.request(rollBack, { rollback: { targets: [id] }, actor: ADA }));
  const code = async (call: Promise<unknown>): Promise<string> => {
    try {
      await call;
    } catch (error) {
      if (error instanceof ServiceError) return error.code;
      throw error;
    }
    return 'done';
  };
  const many = async (): Promise<KnownCluster> => {
    const cluster = stand.neighbours.addCluster();
    await stand.neighbours.place(
      cluster,
      Array.from({ length: 20 }, (_, index) => rule(`Rule${index}`)),
    );
    await fleet.next(cluster, 1);
    return cluster;
  };
  const confirm = (cluster: KnownCluster, cluster_name: string, revision: number): Promise<unknown> =>
    ask((peer) => peer.request(confirmRemoval, { cluster_id: cluster.id, cluster_name, revision, actor: ADA }));

  it('waits until the name is repeated, and then happens once', async () => {
    const cluster = await many();
    const before = await fleet.body(cluster);
    const all = cluster.rules;
    await stand.untilRendered('refused', () => stand.neighbours.withdraw(cluster, all.slice(0, 10)));
    expect(await fleet.body(cluster)).toBe(before);
    const { items } = await ask((peer) => peer.request(listRevisions, { cluster_id: cluster.id, limit: 1 }));
    expect(items[0]).toMatchObject({
      revision: 2,
      status: 'refused',
      reason: expect.stringContaining('10 of 20 rules would be removed') as string,
    });
    expect(await code(confirm(cluster, 'another-name', 2))).toBe('invalid');
    expect(await code(confirm(cluster, cluster.name, 1))).toBe('not_found');
    await confirm(cluster, cluster.name, 2);
    const confirmed = await stand.served(cluster, 3);
    expect(confirmed.headers.get('x-config-rules')).toBe('10');
    expect(confirmed.headers.get('x-config-removal')).toBe(sha256(before));
    expect(isRemovalSigned(cluster, confirmed)).toBe(true);
    await stand.untilRendered('refused', () => stand.neighbours.withdraw(cluster, all.slice(10)));
    expect((await stand.fetch(cluster)).headers.get('x-config-rules')).toBe('10');
  });

  it('is confirmed for members that refuse what is served already', async () => {
    const cluster = await many();
    expect(await code(confirm(cluster, cluster.name, 1))).toBe('not_found');
    const theirs = sha256('what no revision ever had');
    await stand.report(cluster, {
      state: 'failed',
      hash: theirs,
      loaded_hash: theirs,
      reason: 'it would take 9 of 29',
    });
    await confirm(cluster, cluster.name, 1);
    const again = await stand.served(cluster, 2);
    expect(again.headers.get('x-config-removal')).toBe(theirs);
    expect(isRemovalSigned(cluster, again)).toBe(true);
    const [first] = cluster.rules as [ClusterRule];
    await stand.neighbours.place(cluster, [{ ...first, version: 2 }, ...cluster.rules.slice(1)]);
    expect((await stand.served(cluster, 3)).headers.get('x-config-removal')).toBe(theirs);
  });

  it('is confirmed on the way back, which somebody ordered', async () => {
    const [cluster] = (await fleet.start(1)) as [KnownCluster];
    const small = cluster.rules;
    const added = Array.from({ length: 20 }, (_, index) => rule(`Added${index}`));
    await stand.neighbours.place(cluster, [...small, ...added]);
    await fleet.next(cluster, 2);
    const large = await fleet.body(cluster);
    await order(cluster);
    const back = await stand.served(cluster, 3);
    expect([back.headers.get('x-config-rules'), back.headers.get('x-config-removal')]).toEqual(['1', sha256(large)]);
    expect(isRemovalSigned(cluster, back)).toBe(true);
  });

  it('is noticed when rules go one by one within the window, and forgotten after it', async () => {
    const cluster = await many();
    const all = cluster.rules;
    await stand.untilRendered('published', () => stand.neighbours.withdraw(cluster, all.slice(0, 6)));
    await stand.untilRendered('refused', () => stand.neighbours.withdraw(cluster, all.slice(6, 7)));
    stand.clock.advance(601_000);
    await stand.neighbours.withdraw(cluster, all.slice(7, 8));
    await pollUntil(async () => (await stand.fetch(cluster)).headers.get('x-config-rules') === '12', {
      what: 'the file without the eight rules',
    });
  });

  it('stops a rollout before anybody is sent anything', async () => {
    const cluster = await many();
    const { id } = await fleet.open([cluster], { waves: [{ percent: 100 }] });
    await stand.untilRendered('held', () => stand.neighbours.withdraw(cluster, cluster.rules));
    await fleet.order(id, 'start');
    expect((await fleet.untilState(id, 'stopped')).reason).toContain('20 of 20 rules would be removed');
    await pollUntil(async () => (await stand.fetch(cluster)).headers.get('x-config-rules') === '20', {
      what: 'all rules to be served',
    });
  });
});
