import {
  holdCluster,
  listHolds,
  listRevisions,
  releaseCluster,
  rollBack,
  ServiceError,
  type RollbackInput,
} from '@alertagent/contracts';
import { pollUntil } from '@alertagent/local-stack';
import { Renderer } from '../src/rendering/renderer';
import { RolloutLoop } from '../src/rollouts/rollout-loop';
import { ADA, Fleet } from './fleet';
import { rule, type KnownCluster } from './neighbours';
import { Stand, type DatabaseKind } from './stand';

describe.each<DatabaseKind>(['SQLite', 'MariaDB'])('holding and going back on %s', (kind) => {
  let stand: Stand;
  let fleet: Fleet;

  beforeAll(async () => {
    stand = await Stand.start(kind);
    fleet = new Fleet(stand);
  }, 120_000);

  afterAll(() => stand?.stop());

  const ask = <T>(call: (peer: Stand['neighbours']['rules']) => Promise<T>): Promise<T> => call(stand.neighbours.rules);
  const order = (clusters: KnownCluster[], change: Partial<RollbackInput> = {}) =>
    ask((peer) =>
      peer.request(rollBack, { rollback: { targets: clusters.map(({ id }) => id), ...change }, actor: ADA }),
    );
  const code = async (call: Promise<unknown>): Promise<string> => {
    try {
      await call;
    } catch (error) {
      if (error instanceof ServiceError) return error.code;
      throw error;
    }
    return 'done';
  };

  it('goes back to what was proven live before, signed under a new number, and stays there until released', async () => {
    const [cluster] = (await fleet.start(1)) as [KnownCluster];
    const proven = await fleet.body(cluster);
    await fleet.edit(cluster, 'up == 1');
    await fleet.next(cluster, 2);
    await fleet.edit(cluster, 'up == 2');
    await fleet.next(cluster, 3);
    await fleet.prove(cluster);

    const { id } = await order([cluster], { reason: 'too loud' });
    const back = await stand.served(cluster, 4);
    // Revision 2 was never proven, so it is passed over.
    expect(back.body.toString()).toBe(proven);
    expect(back.headers.get('x-config-signature')).not.toBeNull();
    await fleet.untilCluster(id, cluster, 'returning');
    stand.clock.advance(3_000);
    await fleet.prove(cluster);
    const done = await fleet.untilState(id, 'completed');
    expect(done).toMatchObject({ kind: 'rollback', reason: 'too loud', seconds_to_live: 3 });
    expect(await fleet.of(id, cluster)).toMatchObject({
      state: 'returned',
      reach: 'reached',
      returned_to: 1,
      from_revision: 3,
      revision: 4,
      seconds_to_live: 3,
    });
    const { items } = await ask((peer) => peer.request(listRevisions, { cluster_id: cluster.id }));
    expect(items[0]).toMatchObject({ revision: 4, restores: 1 });

    await stand.untilRendered('held', () => fleet.edit(cluster, 'up == 3'));
    await ask((peer) => peer.request(releaseCluster, { cluster_id: cluster.name, actor: ADA }));
    await fleet.next(cluster, 5);
    expect(await fleet.body(cluster)).toContain('up == 3');
  });

  it('goes further back the second time, not to what was left the first time', async () => {
    const [cluster] = (await fleet.start(1)) as [KnownCluster];
    const oldest = await fleet.body(cluster);
    for (const revision of [2, 3]) {
      await fleet.edit(cluster, `up == ${revision}`);
      await fleet.next(cluster, revision);
      await fleet.prove(cluster);
    }
    await order([cluster]);
    await fleet.next(cluster, 4);
    expect(await fleet.body(cluster)).toContain('up == 2');
    await fleet.prove(cluster);
    await order([cluster]);
    await fleet.next(cluster, 5);
    expect(await fleet.body(cluster)).toBe(oldest);
  });

  it('goes back to the revision that is named, and refuses one that was never served', async () => {
    const [cluster, other] = (await fleet.start(2)) as [KnownCluster, KnownCluster];
    await fleet.edit(cluster, 'up == 1');
    await fleet.next(cluster, 2);
    expect(await code(order([cluster], { revision: 9 }))).toBe('invalid');
    expect(await code(order([cluster, other], { revision: 1 }))).toBe('invalid');
    const { id } = await order([cluster], { revision: 1 });
    await fleet.next(cluster, 3);
    expect((await fleet.untilCluster(id, cluster, 'returning')).returned_to).toBe(1);
  });

  it('takes many at once, and reports the one that cannot be reached until it is back', async () => {
    const clusters = await fleet.start(3);
    const [first, second, silent] = clusters as [KnownCluster, KnownCluster, KnownCluster];
    for (const cluster of clusters) {
      await fleet.edit(cluster, 'up == 1');
      await fleet.next(cluster, 2);
      await fleet.prove(cluster);
    }
    stand.clock.advance(91_000);
    for (const cluster of [first, second]) await fleet.prove(cluster);
    const { id } = await order(clusters);
    for (const cluster of [first, second]) {
      await fleet.next(cluster, 3);
      await fleet.untilCluster(id, cluster, 'returning');
      await fleet.prove(cluster);
    }
    const far = await fleet.until(id, 'through', ({ progress }) => progress[0]?.reached === 2);
    expect(far).toMatchObject({
      state: 'running',
      progress: [{ wave: 1, clusters: 3, reached: 2, pending: 0, unreachable: 1, left: 0 }],
      seconds_to_live: 0,
    });
    expect(await fleet.of(id, silent)).toMatchObject({ state: 'returning', reach: 'unreachable' });
    await fleet.prove(silent);
    await fleet.untilState(id, 'completed');
  });

  it('says so when there is nothing to go back to', async () => {
    const [cluster] = (await fleet.start(1)) as [KnownCluster];
    const { id } = await order([cluster]);
    await fleet.untilState(id, 'completed');
    expect(await fleet.of(id, cluster)).toMatchObject({ state: 'left', reach: 'left', revision: null });
    expect((await stand.fetch(cluster)).headers.get('x-config-revision')).toBe('1');
  });

  it('takes a cluster out of a rollout that runs, which then pauses', async () => {
    const [canary, other] = (await fleet.start(2)) as [KnownCluster, KnownCluster];
    const { id } = await fleet.open([canary, other]);
    for (const cluster of [canary, other]) await stand.untilRendered('held', () => fleet.edit(cluster, 'up == 1'));
    await fleet.order(id, 'start');
    await fleet.next(canary, 2);
    await order([canary]);
    await fleet.next(canary, 3);
    expect(await fleet.body(canary)).toContain('up == 0');
    expect((await fleet.untilState(id, 'paused')).reason).toContain('somebody else decides on');
    expect(await fleet.of(id, other)).toMatchObject({ state: 'staged' });
  });

  it('is not proven by a member alone, nor by rules that wait or fail', async () => {
    const [cluster] = (await fleet.start(1)) as [KnownCluster];
    await fleet.edit(cluster, 'up == 1');
    await fleet.next(cluster, 2);
    await fleet.prove(cluster, { member: 'prometheus-1:9090' });
    await fleet.prove(cluster, { state: 'loaded' }, { status: 'failed' });
    await fleet.edit(cluster, 'up == 2');
    await fleet.next(cluster, 3);
    await order([cluster]);
    await fleet.next(cluster, 4);
    expect(await fleet.body(cluster)).toContain('up == 0');
  });

  it('holds and releases one cluster, listed with who and why', async () => {
    const [cluster] = (await fleet.start(1)) as [KnownCluster];
    const hold = { cluster_id: cluster.name, reason: 'migration', actor: ADA };
    expect(await ask((peer) => peer.request(holdCluster, hold))).toMatchObject({ revision: 1, held_by: 'ada' });
    await stand.untilRendered('held', () => fleet.edit(cluster, 'up == 1'));
    const held = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await ask((peer) => peer.request(listHolds, { limit: 2, cursor }));
      held.push(...page.items);
      cursor = page.next_cursor ?? null;
    }
    expect(held.filter(({ cluster_id }) => cluster_id === cluster.id)).toEqual([
      expect.objectContaining({ type: 'prometheus-rules', reason: 'migration', rollout_id: null }),
    ]);
    expect(await code(fleet.open([cluster]))).toBe('conflict');
    const release = { cluster_id: cluster.id, actor: ADA };
    await ask((peer) => peer.request(releaseCluster, release));
    await fleet.next(cluster, 2);
    expect(await code(ask((peer) => peer.request(releaseCluster, release)))).toBe('not_found');
  });

  it('takes the configuration of an Alertmanager back as well', async () => {
    const type = 'alertmanager-config' as const;
    const cluster = stand.neighbours.addCluster();
    await stand.neighbours.register(cluster);
    const first = await stand.served(cluster, 1, type);
    const hash = first.headers.get('x-config-hash');
    await stand.report(cluster, { type, member: 'alertmanager-0:9093', revision: 1, hash });
    cluster.webhookUrl += '/moved';
    await stand.neighbours.register(cluster);
    await stand.served(cluster, 2, type);
    await order([cluster], { type });
    expect((await stand.served(cluster, 3, type)).body).toEqual(first.body);
  });

  it('is not overtaken by a render that was under way when the hold was taken', async () => {
    const [cluster, other] = (await fleet.start(2)) as [KnownCluster, KnownCluster];
    const [old] = cluster.rules;
    cluster.rules = [{ ...old!, version: 2, expression: 'up == 1' }];
    stand.neighbours.answerTogether(2);
    const renderer = stand.service.get(Renderer);
    const render = renderer.render({ clusterId: cluster.id, type: 'prometheus-rules' });
    await pollUntil(() => stand.neighbours.waiting === 1, { what: 'the render to ask' });
    await ask((peer) => peer.request(holdCluster, { cluster_id: cluster.id, reason: 'now', actor: ADA }));
    await renderer.render({ clusterId: other.id, type: 'prometheus-rules' });
    expect(await render).toBe('held');
    expect(await fleet.body(cluster)).toContain('up == 0');
  });

  it('holds a cluster that was never served anything, and serves it once released', async () => {
    const cluster = stand.neighbours.addCluster();
    await ask((peer) => peer.request(holdCluster, { cluster_id: cluster.id, reason: 'not yet', actor: ADA }));
    await stand.untilRendered('held', () => stand.neighbours.place(cluster, [rule('First')]));
    expect((await stand.fetch(cluster)).status).toBe(404);
    await ask((peer) => peer.request(releaseCluster, { cluster_id: cluster.id, actor: ADA }));
    await fleet.next(cluster, 1);
  });

  it('goes back after a kill between the order and its first step', async () => {
    const [cluster] = (await fleet.start(1)) as [KnownCluster];
    await fleet.edit(cluster, 'up == 1');
    await fleet.next(cluster, 2);
    const { id } = await order([cluster]);
    await stand.restart();
    await fleet.next(cluster, 3);
    await fleet.untilCluster(id, cluster, 'returning');
    await stand.service.get(RolloutLoop).look();
    expect((await stand.fetch(cluster)).headers.get('x-config-revision')).toBe('3');
  });
});
