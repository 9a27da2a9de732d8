import {
  getClusterSync,
  getServedRules,
  listSyncHistory,
  memberReported,
  revisionApplied,
  revisionRejected,
  type EventContract,
  type MemberReported,
  type RuleReport,
} from '@alertagent/contracts';
import { pollUntil } from '@alertagent/local-stack';
import { rule, type KnownCluster } from './neighbours';
import { Stand, type DatabaseKind } from './stand';

describe.each<DatabaseKind>(['SQLite', 'MariaDB'])('reports on %s', (kind) => {
  let stand: Stand;

  beforeAll(async () => {
    stand = await Stand.start(kind);
  }, 120_000);

  afterAll(() => stand?.stop());

  const eventsOf = async (contract: EventContract<MemberReported>, cluster: KnownCluster): Promise<MemberReported[]> =>
    (await stand.neighbours.rules.events(contract)).filter((event) => event.cluster_id === cluster.id);

  const untilEvents = (
    contract: EventContract<MemberReported>,
    cluster: KnownCluster,
    count: number,
  ): Promise<MemberReported[]> =>
    pollUntil(
      async () => {
        const events = await eventsOf(contract, cluster);
        return events.length === count ? events : null;
      },
      { what: `${count} × ${contract.subject}` },
    );

  /** A cluster that serves one rule, and the report of a member on which it is live. */
  const serving = async () => {
    const cluster = stand.neighbours.addCluster();
    const subject = rule('Down', { version: 2 });
    await stand.neighbours.place(cluster, [subject]);
    const hash = (await stand.served(cluster, 1)).headers.get('x-config-hash');
    const shown: RuleReport = {
      group: 'test',
      name: 'Down',
      rule_id: subject.rule_id,
      rule_version: 2,
      status: 'live',
    };
    return { cluster, subject, shown, live: { state: 'live' as const, revision: 1, hash, rules: [shown] } };
  };

  it('follows a member from fetched to applied', async () => {
    const { cluster, live, shown } = await serving();
    for (const state of ['fetched', 'written', 'reloaded'] as const) {
      expect((await stand.report(cluster, { state, revision: 1 })).status).toBe(204);
    }
    await stand.report(cluster, { ...live, state: 'loaded', rules: [{ ...shown, status: 'loaded' }] });
    await stand.report(cluster, live);
    const steps = await untilEvents(memberReported, cluster, 3);
    expect(steps.map(({ state, exact }) => [state, exact])).toEqual([
      ['fetched', false],
      ['written', false],
      ['reloaded', false],
    ]);
    const applied = await untilEvents(revisionApplied, cluster, 2);
    expect(applied.map(({ state, exact }) => [state, exact])).toEqual([
      ['loaded', true],
      ['live', true],
    ]);
    expect(applied[1]?.rules).toEqual([
      expect.objectContaining({ rule_id: shown.rule_id, rule_version: 2, status: 'live' }),
    ]);
  });

  it('passes on how far the clock of a sidecar is ahead, by when it sent the report', async () => {
    const { cluster, live } = await serving();
    const sent_at = new Date(stand.clock.now().getTime() + 3_600_000).toISOString();
    await stand.report(cluster, { ...live, sent_at, target: { healthy: true, kind: 'prometheus' } });
    const [event] = await untilEvents(revisionApplied, cluster, 1);
    expect(event?.clock_ahead_ms).toBe(3_600_000);
    expect(event?.target).toMatchObject({ kind: 'prometheus' });
  });

  it('passes a failure on as rejected, with its reason', async () => {
    const { cluster } = await serving();
    await stand.report(cluster, { state: 'failed', revision: 1, reason: 'the target answered 500', rules: [] });
    const [rejected] = await untilEvents(revisionRejected, cluster, 1);
    expect(rejected).toMatchObject({ state: 'failed', revision: 1, reason: 'the target answered 500', exact: false });
  });

  it('takes nothing short of the whole served revision for exact', async () => {
    const { cluster, live, shown } = await serving();
    const doubtful = [
      { ...live, hash: 'f'.repeat(64) },
      { ...live, revision: 7 },
      { ...live, rules: [] },
      { ...live, rules: [{ ...shown, rule_version: 1 }] },
      { ...live, rules: [shown, { ...shown, name: 'Foreign', rule_id: 'other' }] },
    ];
    for (const report of doubtful) await stand.report(cluster, report);
    const applied = await untilEvents(revisionApplied, cluster, doubtful.length);
    expect(applied.map(({ exact }) => exact)).toEqual(doubtful.map(() => false));
  });

  it('finds the ids of rules that were reported without one', async () => {
    const { cluster, subject, shown } = await serving();
    await stand.report(cluster, {
      state: 'failed',
      revision: 1,
      rules: [{ ...shown, rule_id: null, rule_version: null, status: 'failed' }],
    });
    const [rejected] = await untilEvents(revisionRejected, cluster, 1);
    expect(rejected?.rules).toEqual([expect.objectContaining({ rule_id: subject.rule_id, rule_version: 2 })]);
  });

  it('passes on heartbeats without news every ten seconds, and news at once', async () => {
    const { cluster, live, shown } = await serving();
    await stand.report(cluster, live);
    await stand.report(cluster, { ...live, target: { healthy: true } });
    await untilEvents(revisionApplied, cluster, 2);
    stand.clock.advance(9_999);
    await stand.report(cluster, {
      ...live,
      target: { healthy: true, response_ms: 5 },
      rules: [{ ...shown, last_evaluation: '2030-01-01T00:00:09Z' }],
    });
    stand.clock.advance(1);
    await stand.report(cluster, { ...live, target: { healthy: true, response_ms: 6 } });
    const [heartbeat, ...more] = await untilEvents(memberReported, cluster, 1);
    expect(heartbeat).toMatchObject({ state: 'live', exact: true, target: { healthy: true, response_ms: 6 } });
    expect(more).toEqual([]);
    await stand.report(cluster, { ...live, target: { healthy: false } });
    await untilEvents(revisionApplied, cluster, 3);
  });

  it('tells how far each member is, and how it got there', async () => {
    const { cluster, live, shown } = await serving();
    const ask = () => stand.neighbours.rules.request(getClusterSync, { cluster_id: cluster.id });
    await stand.report(cluster, { state: 'fetched', revision: 1 });
    const one = { ...live, loaded_hash: live.hash, drift_repaired: 0, sidecar_version: '1.2.3' };
    await stand.report(cluster, one);
    await stand.report(cluster, { ...live, member: 'second', rules: [{ ...shown, rule_version: 1 }] });
    expect((await ask()).members).toEqual([
      expect.objectContaining({
        member: 'prometheus-0:9090',
        in_sync: true,
        served_revision: 1,
        loaded_hash: live.hash,
      }),
      expect.objectContaining({ member: 'second', in_sync: false, state: 'live', drift_repaired: 0 }),
    ]);
    await stand.report(cluster, { ...one, state: 'failed', reason: 'the target answered 500', drift_repaired: 1 });
    expect((await ask()).members[0]).toMatchObject({ in_sync: false, drift_repaired: 1, sidecar_version: '1.2.3' });
    const events = await untilEvents(revisionRejected, cluster, 1);
    expect(events[0]?.drift_repaired).toBe(1);

    const history = (query: object) =>
      stand.neighbours.rules.request(listSyncHistory, { cluster_id: cluster.id, ...query });
    const first = await history({ member: 'prometheus-0:9090', limit: 1 });
    const second = await history({ member: 'prometheus-0:9090', limit: 1, cursor: first.next_cursor });
    expect([...first.items, ...second.items]).toEqual([
      expect.objectContaining({ state: 'failed', reason: 'the target answered 500', drift_repaired: 1 }),
      expect.objectContaining({ state: 'live', revision: 1, hash: live.hash }),
    ]);
    expect(second.next_cursor).toBeNull();
    expect((await history({})).items.map(({ member }) => member)).toEqual([
      'prometheus-0:9090',
      'second',
      'prometheus-0:9090',
    ]);
    expect((await history({ type: 'alertmanager-config' })).items).toEqual([]);
  });

  describe('that had to wait', () => {
    const HOUR_MS = 3_600_000;

    /** As a sidecar sends it whose clock is two hours ahead. */
    const observedAgo = (ms: number): { observed_at: string; sent_at: string } => {
      const sent = stand.clock.now().getTime() + 2 * HOUR_MS;
      return { observed_at: new Date(sent - ms).toISOString(), sent_at: new Date(sent).toISOString() };
    };
    const agoOf = (at: string): number => stand.clock.now().getTime() - Date.parse(at);
    const syncOf = (cluster: KnownCluster) =>
      stand.neighbours.rules.request(getClusterSync, { cluster_id: cluster.id });
    const historyOf = async (cluster: KnownCluster) =>
      (await stand.neighbours.rules.request(listSyncHistory, { cluster_id: cluster.id })).items;

    it('never say live about now, whatever was known before', async () => {
      const { cluster, live } = await serving();
      await stand.report(cluster, { ...live, ...observedAgo(HOUR_MS) });
      expect((await syncOf(cluster)).members).toEqual([]);
      await stand.report(cluster, { state: 'failed', revision: 1, reason: 'the target answered 500' });
      await stand.report(cluster, { ...live, ...observedAgo(HOUR_MS / 2) });
      expect((await syncOf(cluster)).members).toEqual([
        expect.objectContaining({ state: 'failed', reason: 'the target answered 500', in_sync: false }),
      ]);
      await untilEvents(revisionRejected, cluster, 1);
      expect(await eventsOf(revisionApplied, cluster)).toEqual([]);
      await stand.report(cluster, { ...live, ...observedAgo(0) });
      expect((await syncOf(cluster)).members[0]).toMatchObject({ state: 'live', in_sync: true });
    });

    it('stand in the history at their own time, once each', async () => {
      const { cluster, live } = await serving();
      const refused = { state: 'failed' as const, revision: 1, reason: 'the target is away' };
      await stand.report(cluster, { ...live, ...observedAgo(0) });
      stand.clock.advance(HOUR_MS);
      for (let delivery = 0; delivery < 2; delivery += 1)
        await stand.report(cluster, { ...refused, ...observedAgo(HOUR_MS / 2) });
      await stand.report(cluster, { ...live, ...observedAgo(0) });
      // By their times: this clock was moved, that of the ids was not.
      const told = (await historyOf(cluster)).map(({ state, at }) => [state, agoOf(at)] as const);
      expect(told.toSorted(([, one], [, other]) => one - other)).toEqual([
        ['live', 0],
        ['failed', HOUR_MS / 2],
        ['live', HOUR_MS],
      ]);
    });

    it('take their place before what was received meanwhile', async () => {
      const { cluster, live } = await serving();
      await stand.report(cluster, live);
      await stand.report(cluster, { state: 'failed', revision: 1, reason: 'older', ...observedAgo(HOUR_MS) });
      await stand.report(cluster, { state: 'failed', revision: 1, reason: 'oldest', ...observedAgo(2 * HOUR_MS) });
      expect((await historyOf(cluster)).map(({ state, reason }) => reason ?? state)).toEqual([
        'live',
        'older',
        'oldest',
      ]);
    });
  });

  it('tells the rules that are served, as data', async () => {
    const { cluster, live, subject } = await serving();
    const ask = (id: string) => stand.neighbours.rules.request(getServedRules, { cluster_id: id });
    expect(await ask(cluster.id)).toMatchObject({
      revision: 1,
      hash: live.hash,
      rules: 1,
      content: { groups: [{ name: 'test', rules: [{ alert: 'Down', expr: subject.expression }] }] },
    });
    const other = stand.neighbours.addCluster();
    await expect(ask(other.id)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('keeps members apart whose names differ in case or by a trailing blank', async () => {
    const { cluster, live } = await serving();
    for (const member of ['node', 'Node', 'node ', 'node']) await stand.report(cluster, { ...live, member });
    const applied = await untilEvents(revisionApplied, cluster, 3);
    expect(applied.map(({ member }) => member)).toEqual(['node', 'Node', 'node ']);
  });

  it('accepts the first report of a member that is sent twice at once', async () => {
    const { cluster, live } = await serving();
    const answers = await Promise.all([
      stand.report(cluster, live),
      stand.report(cluster, live),
      stand.report(cluster, live),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204]);
  });

  it('takes reports about other clusters, bad bodies and foreign tokens from nobody', async () => {
    const { cluster, live } = await serving();
    const other = stand.neighbours.addCluster();
    expect((await stand.report(cluster, { ...live, cluster_id: other.id })).status).toBe(404);
    expect((await stand.report(cluster, { ...live, cluster_id: cluster.name })).status).toBe(204);
    expect((await stand.report(cluster, { ...live, state: 'fine' as 'live' })).status).toBe(400);
    expect((await stand.report(cluster, { ...live, surprise: 1 } as object)).status).toBe(400);
    const webhook = stand.neighbours.token(cluster, 'webhook');
    expect((await stand.post('/api/v1/configs/reports', webhook, { cluster_id: cluster.id })).status).toBe(403);
  });

  it('takes a report over many thousand rules', async () => {
    const { cluster, live, shown } = await serving();
    const rules = Array.from({ length: 10_000 }, (_, index) => ({
      ...shown,
      name: `Rule ${index} ${'x'.repeat(100)}`,
    }));
    expect((await stand.report(cluster, { ...live, rules })).status).toBe(204);
  });

  it('obtains a webhook token for the cluster of the caller', async () => {
    const cluster = stand.neighbours.addCluster();
    const answer = await stand.post('/api/v1/configs/webhook-token', cluster.syncToken, {
      member: 'alertmanager-0:9093',
    });
    expect(answer.status).toBe(201);
    expect(await answer.json()).toEqual({ token: expect.stringMatching(/^aat_webhook_/) as string });
    expect(stand.neighbours.issued.at(-1)).toMatchObject({
      cluster_id: cluster.id,
      purpose: 'webhook',
      name: 'sidecar alertmanager-0:9093',
      actor: { kind: 'cluster' },
    });
    stand.neighbours.removeCluster(cluster.id);
    expect((await stand.post('/api/v1/configs/webhook-token', cluster.syncToken, { member: 'a' })).status).toBe(404);
    expect((await stand.post('/api/v1/configs/webhook-token', cluster.syncToken, {})).status).toBe(400);
  });
});
