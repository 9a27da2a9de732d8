import {
  changeRollout,
  deleteRollout,
  listRollouts,
  rolloutAdvanced,
  ServiceError,
  serviceOperations,
  type RolloutInput,
} from '@alertagent/contracts';
import { pollUntil } from '@alertagent/local-stack';
import { RolloutLoop } from '../src/rollouts/rollout-loop';
import { ADA, Fleet } from './fleet';
import { Stand, type DatabaseKind } from './stand';

const MINUTE_MS = 60_000;

describe.each<DatabaseKind>(['SQLite', 'MariaDB'])('rollouts on %s', (kind) => {
  let stand: Stand;
  let fleet: Fleet;

  beforeAll(async () => {
    stand = await Stand.start(kind);
    fleet = new Fleet(stand);
  }, 120_000);

  afterAll(() => stand?.stop());

  /** What everybody was told about the rollout, once it is all published. */
  const told = (id: string): Promise<string[]> =>
    pollUntil(
      async () => {
        const events = (await stand.neighbours.rules.events(rolloutAdvanced)).filter(
          (event) => event.rollout_id === id,
        );
        return events.at(-1)?.state === 'completed' ? events.map(({ state, wave }) => `${state} ${wave}`) : null;
      },
      { what: 'the last event' },
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

  it('brings an edit wave by wave, each only when the one before is proven, and then lets go', async () => {
    const clusters = await fleet.start(3);
    const [canary, second, third] = clusters as [(typeof clusters)[0], (typeof clusters)[0], (typeof clusters)[0]];
    const { id } = await fleet.open(clusters);
    for (const cluster of clusters) await stand.untilRendered('held', () => fleet.edit(cluster, 'up == 1'));
    const before = await fleet.body(second);
    expect(before).toContain('up == 0');

    await fleet.order(id, 'start');
    await fleet.next(canary, 2);
    expect(await fleet.body(canary)).toContain('up == 1');
    await fleet.untilCluster(id, canary, 'sent');
    expect(await fleet.body(second)).toBe(before);
    expect(await fleet.of(id, second)).toMatchObject({ wave: 2, state: 'staged', reach: 'pending' });

    await fleet.prove(canary);
    for (const cluster of [second, third]) {
      await fleet.next(cluster, 2);
      await fleet.prove(cluster);
    }
    const done = await fleet.untilState(id, 'completed');
    expect(done.progress).toEqual([
      { wave: 1, clusters: 1, reached: 1, pending: 0, unreachable: 0, left: 0 },
      { wave: 2, clusters: 2, reached: 2, pending: 0, unreachable: 0, left: 0 },
    ]);
    await fleet.edit(second, 'up == 2');
    await fleet.next(second, 3);
    expect(await told(id)).toEqual(['open 0', 'staging 0', 'running 1', 'running 2', 'completed 2']);
  });

  it('keeps what was staged, so that an edit made meanwhile reaches nobody before the end', async () => {
    const [canary, other] = (await fleet.start(2)) as [never, never];
    const { id } = await fleet.open([canary, other]);
    for (const cluster of [canary, other]) await stand.untilRendered('held', () => fleet.edit(cluster, 'up == 1'));
    await fleet.order(id, 'start');
    await fleet.next(canary, 2);
    await stand.untilRendered('held', () => fleet.edit(other, 'up == 99'));
    await fleet.prove(canary);
    await fleet.next(other, 2);
    expect(await fleet.body(other)).toContain('up == 1');
    await fleet.prove(other);
    await fleet.untilState(id, 'completed');
    await fleet.next(other, 3);
    expect(await fleet.body(other)).toContain('up == 99');
  });

  it.each([
    ['a refused reload', { state: 'failed', reason: 'reload refused' }, {}, 'reload refused'],
    ['a rule that fails', { state: 'loaded' }, { status: 'failed' }, '1 rules fail when they are evaluated; 0 may'],
    ['a slow evaluation', {}, { evaluation_seconds: 2.5 }, 'evaluating the rules takes 2.5 s; 1 s may'],
    ['noise', {}, { firing: 8 }, '8 more alerts fire than before; 5 may'],
  ] as const)(
    'stops at %s, takes the wave back to what was proven, and leaves the others as they were',
    async (_what, report, rules, reason) => {
      const clusters = await fleet.start(2);
      const [canary, other] = clusters as [(typeof clusters)[0], (typeof clusters)[0]];
      const [former, before] = [await fleet.body(canary), await stand.fetch(other)];
      const { id } = await fleet.open(clusters, { gates: { max_evaluation_seconds: 1, max_new_firing: 5 } });
      for (const cluster of clusters) await stand.untilRendered('held', () => fleet.edit(cluster, 'up == 1'));
      await fleet.order(id, 'start');
      await fleet.next(canary, 2);
      await fleet.prove(canary, report, rules);

      expect(await fleet.untilState(id, 'stopped')).toMatchObject({
        reason: expect.stringContaining(reason) as string,
        wave: 1,
      });
      await fleet.next(canary, 3);
      expect(await fleet.body(canary)).toBe(former);
      await fleet.untilCluster(id, canary, 'returning');
      await fleet.prove(canary);
      expect(await fleet.untilCluster(id, canary, 'returned')).toMatchObject({ returned_to: 1, revision: 3 });
      const after = await stand.fetch(other);
      expect([after.body, after.headers.get('etag')]).toEqual([before.body, before.headers.get('etag')]);
      // What is wanted is still bad: nobody gets it by another render.
      await stand.untilRendered('held', () => fleet.edit(other, 'up == 2'));
      expect((await fleet.get(id)).state).toBe('stopped');
    },
  );

  it('watches a wave for its soak, and goes on only on the word of a report made after it', async () => {
    const clusters = await fleet.start(2);
    const [canary, other] = clusters as [(typeof clusters)[0], (typeof clusters)[0]];
    const { id } = await fleet.open(clusters, { soak_seconds: 60 });
    for (const cluster of clusters) await stand.untilRendered('held', () => fleet.edit(cluster, 'up == 1'));
    await fleet.order(id, 'start');
    await fleet.next(canary, 2);
    await fleet.prove(canary);
    await fleet.untilCluster(id, canary, 'live');
    stand.clock.advance(MINUTE_MS);
    await stand.service.get(RolloutLoop).look();
    expect(await fleet.of(id, other)).toMatchObject({ state: 'staged' });
    await fleet.prove(canary);
    await fleet.next(other, 2);
  });

  it('stops when a cluster that answers does not prove its revision in time, and pauses when one does not answer', async () => {
    const clusters = await fleet.start(2);
    const [canary, other] = clusters as [(typeof clusters)[0], (typeof clusters)[0]];
    const { id } = await fleet.open(clusters, { waves: [{ percent: 100 }], deadline_seconds: 300 });
    for (const cluster of clusters) await stand.untilRendered('held', () => fleet.edit(cluster, 'up == 1'));
    await fleet.order(id, 'start');
    for (const cluster of clusters) await fleet.next(cluster, 2);
    await fleet.prove(canary);
    await fleet.untilCluster(id, canary, 'live');
    stand.clock.advance(6 * MINUTE_MS);
    await fleet.prove(canary);
    const paused = await fleet.untilState(id, 'paused');
    expect(paused.reason).toContain('no sidecar was heard of lately');
    expect(paused.progress).toEqual([{ wave: 1, clusters: 2, reached: 1, pending: 0, unreachable: 1, left: 0 }]);

    await fleet.order(id, 'resume');
    stand.clock.advance(6 * MINUTE_MS);
    await fleet.prove(canary);
    await fleet.prove(other, { state: 'fetched', revision: 1, rules: [] });
    expect((await fleet.untilState(id, 'stopped')).reason).toContain('not live after 300 s');
  });

  it('can be paused, resumed and aborted; a paused one sends nothing and is still stopped by a gate', async () => {
    const clusters = await fleet.start(2);
    const [canary, other] = clusters as [(typeof clusters)[0], (typeof clusters)[0]];
    const { id } = await fleet.open(clusters);
    expect(await code(fleet.order(id, 'pause'))).toBe('conflict');
    for (const cluster of clusters) await stand.untilRendered('held', () => fleet.edit(cluster, 'up == 1'));
    await fleet.order(id, 'start');
    await fleet.next(canary, 2);
    await fleet.untilCluster(id, canary, 'sent');
    await fleet.order(id, 'pause');
    await fleet.prove(canary);
    await fleet.untilCluster(id, canary, 'live');
    await stand.service.get(RolloutLoop).look();
    expect(await fleet.of(id, other)).toMatchObject({ state: 'staged' });
    expect(await code(stand.neighbours.rules.request(deleteRollout, { id, actor: ADA }))).toBe('conflict');

    await fleet.order(id, 'abort');
    await fleet.next(canary, 3);
    await fleet.prove(canary);
    await fleet.untilCluster(id, canary, 'returned');
    await stand.service.get(RolloutLoop).look();
    expect(await code(stand.neighbours.rules.request(deleteRollout, { id, actor: ADA }))).toBe('conflict');
    await fleet.order(id, 'release');
    await fleet.next(other, 2);
    expect(await code(stand.neighbours.rules.request(deleteRollout, { id, actor: ADA }))).toBe('done');
    expect(await code(fleet.get(id))).toBe('not_found');
  });

  it('stops before the first wave when a file is refused, and nobody is sent anything', async () => {
    const clusters = await fleet.start(2);
    const [canary, other] = clusters as [(typeof clusters)[0], (typeof clusters)[0]];
    const { id } = await fleet.open(clusters);
    await stand.untilRendered('held', () => fleet.edit(canary, 'up == 1'));
    await stand.untilRendered('held', () => stand.neighbours.place(other, []));
    await fleet.order(id, 'start');
    const stopped = await fleet.untilState(id, 'stopped');
    expect(stopped).toMatchObject({ wave: 0, reason: expect.stringContaining('would vanish') as string });
    for (const cluster of clusters) expect((await stand.fetch(cluster)).headers.get('x-config-revision')).toBe('1');
  });

  it('takes each step once, however many replicas look at the same time', async () => {
    const clusters = await fleet.start(4);
    const { id } = await fleet.open(clusters, { waves: [{ percent: 50 }, { percent: 100 }] });
    for (const cluster of clusters) await stand.untilRendered('held', () => fleet.edit(cluster, 'up == 1'));
    const other = kind === 'MariaDB' ? await stand.startReplica() : stand.service;
    await fleet.order(id, 'start');
    const loops = [stand.service, stand.service, other, other].map((service) => service.get(RolloutLoop));
    for (const wave of [1, 2]) {
      await pollUntil(
        async () => {
          await Promise.all(loops.map((loop) => loop.look()));
          return (await fleet.clusters(id)).filter((one) => one.wave === wave && one.state === 'sent').length === 2;
        },
        { what: `wave ${wave} to be sent`, timeoutMs: 20_000 },
      );
      for (const cluster of clusters) {
        if ((await fleet.of(id, cluster)).wave !== wave) continue;
        await fleet.next(cluster, 2);
        await fleet.prove(cluster);
      }
    }
    await fleet.untilState(id, 'completed');
    for (const cluster of clusters) expect((await stand.fetch(cluster)).headers.get('x-config-revision')).toBe('2');
    expect(await told(id)).toEqual(['open 0', 'staging 0', 'running 1', 'running 2', 'completed 2']);
    if (other !== stand.service) await other.close();
  });

  it('goes on where it was when the service is started anew', async () => {
    const clusters = await fleet.start(2);
    const [canary, other] = clusters as [(typeof clusters)[0], (typeof clusters)[0]];
    const { id } = await fleet.open(clusters);
    for (const cluster of clusters) await stand.untilRendered('held', () => fleet.edit(cluster, 'up == 1'));
    await fleet.order(id, 'start');
    await fleet.next(canary, 2);
    await fleet.prove(canary);
    await stand.restart();
    await fleet.next(other, 2);
    expect((await stand.fetch(canary)).headers.get('x-config-revision')).toBe('2');
    await fleet.prove(other);
    await fleet.untilState(id, 'completed');
  });

  it('refuses waves that mean nothing and clusters that somebody holds, and is audited, listed and changed', async () => {
    const clusters = await fleet.start(1);
    for (const waves of [
      [],
      [{}],
      [{ labels: { a: 'b' }, percent: 100 }],
      [{ percent: 50 }],
      [{ percent: 50 }, { percent: 50 }, { percent: 100 }],
      [{ percent: 100 }, { labels: { a: 'b' } }],
    ] satisfies RolloutInput['waves'][])
      expect(await code(fleet.open(clusters, { waves }))).toBe('invalid');
    expect(await code(fleet.open(clusters, { targets: ['nobody'] }))).toBe('invalid');
    const { id, version } = await fleet.open(clusters);
    expect(await code(fleet.open(clusters))).toBe('conflict');
    const change = { gates: { max_new_firing: 3 }, name: 'other name' };
    const changed = { id, change, expected_version: version, actor: ADA };
    expect(await code(stand.neighbours.rules.request(changeRollout, changed))).toBe('done');
    expect(await code(stand.neighbours.rules.request(changeRollout, changed))).toBe('conflict');
    const page = await stand.neighbours.rules.request(listRollouts, { limit: 1, state: 'open' });
    expect(page.items).toEqual([expect.objectContaining({ id, ...change })]);
    const { items } = await stand.neighbours.rules.request(serviceOperations.config.listAudit, { limit: 100 });
    expect(items.filter(({ resource_id }) => resource_id === id).map(({ action }) => action)).toHaveLength(2);
  });
});
