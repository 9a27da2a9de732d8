import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  RevisionPage,
  RolloutClusterPage,
  RolloutClusterView,
  RolloutDetail,
  RuleDistribution,
  RuleView,
} from '@alertagent/contracts';
import { pollUntil, removeDir, startMariadb, type MariadbServer } from '@alertagent/local-stack';
import { AlertAgent } from './alertagent';
import { RuleCluster } from './rule-cluster';

const FLEET = [{ labels: { fleet: 'rollouts' } }];
const WAVES = [{ labels: { stage: 'canary' } }, { percent: 50 }, { percent: 100 }];
/** promtool takes it; evaluated, it fails: many elements match one. */
const FAILS_WHEN_EVALUATED = 'vector(1) + on() group_left() (label_replace(vector(1), "a", "b", "", "") or vector(1))';

describe.each(['SQLite', 'MariaDB'])('rollouts to real Prometheus servers, on %s', (database) => {
  let mariadb: MariadbServer | null = null;
  let settings: string;
  let agent: AlertAgent;
  let clusters: RuleCluster[];
  let canary: RuleCluster;
  let others: RuleCluster[];
  let rules: RuleView[];

  const rule = (index: number, expression: string): object => ({
    name: `Rule${index}`,
    expression,
    targets: FLEET,
  });

  beforeAll(async () => {
    mariadb = database === 'MariaDB' ? await startMariadb() : null;
    settings = mkdtempSync(join(tmpdir(), 'alertagent-settings-'));
    const file = join(settings, 'alertagent.yml');
    writeFileSync(file, 'distribution:\n  silent_after: 15s\n');
    const env: Record<string, string> = { ALERTAGENT_CONFIG: file };
    if (mariadb) env['ALERTAGENT_DATABASE_URL'] = await mariadb.createDatabase('alertagent');
    agent = await AlertAgent.start({ env });
    clusters = [];
    for (const name of ['paris', 'oslo', 'rome', 'lima'])
      clusters.push(
        await RuleCluster.join(agent, name, { fleet: 'rollouts', stage: name === 'paris' ? 'canary' : 'rest' }),
      );
    [canary, ...others] = clusters as [RuleCluster, ...RuleCluster[]];
    rules = [];
    for (let index = 0; index < 6; index += 1) {
      const created = await agent.call<RuleView>('POST', '/api/v1/rules', rule(index, 'vector(1) > 2'));
      rules.push(created.body);
    }
    for (const { id } of rules) await live(id);
  });

  afterAll(async () => {
    await Promise.all((clusters ?? []).map((cluster) => cluster.stop()));
    await agent?.stop();
    await mariadb?.stop();
    await removeDir(settings);
  });

  const targets = async (id: string) => (await agent.get<RuleDistribution>(`/rules/${id}/distribution`)).targets;
  const live = (id: string, on: readonly RuleCluster[] = clusters): Promise<unknown> =>
    pollUntil(
      async () => {
        const now = await targets(id);
        const those = now.filter(({ cluster_id }) => on.some((cluster) => cluster.id === cluster_id));
        return those.length === on.length && those.every(({ status }) => status === 'live');
      },
      { what: 'the rule to be live', timeoutMs: 90_000, intervalMs: 100 },
    );
  const edit = async (index: number, expression: string): Promise<void> => {
    const { status } = await agent.call('PUT', `/api/v1/rules/${rules[index]?.id}`, rule(index, expression));
    expect(status).toBe(200);
  };
  const order = async (path: string, body?: object): Promise<RolloutDetail> => {
    const answer = await agent.call<RolloutDetail>('POST', `/api/v1${path}`, body);
    expect(answer.status).toBeLessThan(300);
    return answer.body;
  };
  const until = (id: string, what: string, isSo: (rollout: RolloutDetail) => boolean): Promise<RolloutDetail> =>
    pollUntil(
      async () => {
        const rollout = await agent.get<RolloutDetail>(`/rollouts/${id}`);
        return isSo(rollout) ? rollout : undefined;
      },
      { what: `the rollout to be ${what}`, timeoutMs: 90_000, intervalMs: 100 },
    );
  const cluster = async (id: string, { id: clusterId }: RuleCluster): Promise<RolloutClusterView | undefined> =>
    (await agent.get<RolloutClusterPage>(`/rollouts/${id}/clusters`)).items.find((one) => one.cluster_id === clusterId);
  const revisions = async ({ id }: RuleCluster): Promise<RevisionPage['items']> =>
    (await agent.get<RevisionPage>(`/clusters/${id}/revisions`)).items.filter(
      ({ type }) => type === 'prometheus-rules',
    );

  it('a bad rule stops in wave 1, the canary goes back, and all other clusters stay byte for byte', async () => {
    const before = clusters.map((one) => one.file);
    const numbers = await Promise.all(others.map(async (one) => (await revisions(one))[0]?.revision));
    const { id } = await order('/rollouts', { name: 'bad rule', targets: FLEET, waves: WAVES, soak_seconds: 0 });
    await edit(0, FAILS_WHEN_EVALUATED);
    await order(`/rollouts/${id}/start`);

    const stopped = await until(id, 'stopped', ({ state }) => state === 'stopped');
    expect(stopped).toMatchObject({ wave: 1, reason: expect.stringContaining('rules fail when they are evaluated') });
    await pollUntil(async () => (await cluster(id, canary))?.state === 'returned', {
      what: 'the canary to be back',
      timeoutMs: 60_000,
      intervalMs: 100,
    });
    expect(clusters.map((one) => one.file.equals(before[clusters.indexOf(one)] ?? Buffer.alloc(0)))).toEqual(
      clusters.map(() => true),
    );
    expect(await Promise.all(others.map(async (one) => (await revisions(one))[0]?.revision))).toEqual(numbers);
    expect(await canary.loadedRules()).toContain('Rule0 1 ok');
    expect((await targets(rules[0]?.id ?? '')).map(({ status }) => status)).not.toContain('live');
  });

  it('the mended rule then goes through all waves', async () => {
    await edit(0, 'vector(1) > 3');
    const { id } = await order('/rollouts', { name: 'mended', targets: FLEET, waves: WAVES, soak_seconds: 0 });
    await order(`/rollouts/${id}/start`);
    const done = await until(id, 'completed', ({ state }) => state === 'completed');
    expect(done.progress.map(({ wave, reached }) => [wave, reached])).toEqual([
      [1, 1],
      [2, 1],
      [3, 2],
    ]);
    await live(rules[0]?.id ?? '');
    for (const one of clusters) expect(await one.loadedRules()).toContain('Rule0 3 ok');
  });

  it('one call takes all clusters back, proven live, and tells which one cannot be reached', async () => {
    const proven = canary.file;
    const [silent, ...reachable] = [...clusters].reverse() as [RuleCluster, ...RuleCluster[]];
    await silent.stopSidecar();
    await edit(0, 'vector(1) > 4');
    await live(rules[0]?.id ?? '', reachable);
    expect(canary.file.equals(proven)).toBe(false);

    const { id } = await order('/rollbacks', { targets: FLEET, reason: 'too loud' });
    const far = await until(
      id,
      'through where it can be',
      ({ progress }) => progress[0]?.reached === 3 && progress[0].unreachable === 1,
    );
    expect(far.seconds_to_live).toEqual(expect.any(Number));
    for (const one of reachable) {
      expect(one.file.equals(proven)).toBe(true);
      expect(await cluster(id, one)).toMatchObject({ state: 'returned', seconds_to_live: expect.any(Number) });
    }
    expect(await cluster(id, silent)).toMatchObject({ state: 'returning', reach: 'unreachable' });
    process.stdout.write(`rollback to proven live on ${database}: ${far.seconds_to_live} s for 3 clusters\n`);

    silent.startSidecar();
    await until(id, 'completed', ({ state }) => state === 'completed');
    await order(`/rollouts/${id}/release`);
    await live(rules[0]?.id ?? '');
  });

  it('an empty file of many rules is refused until the name of the cluster is repeated', async () => {
    for (const { id } of rules) await agent.call('DELETE', `/api/v1/rules/${id}`);
    const refused = await pollUntil(
      async () => {
        const [newest] = await revisions(canary);
        return newest?.status === 'refused' && newest.rules === 0 ? newest : undefined;
      },
      { what: 'the empty file to be refused', timeoutMs: 60_000, intervalMs: 100 },
    );
    expect(refused.reason).toContain('6 of 6 rules would be removed');
    expect((await canary.loadedRules()).length).toBeGreaterThan(0);

    const confirm = (cluster_name: string): Promise<{ status: number }> =>
      agent.call('POST', `/api/v1/clusters/${canary.id}/removal`, { cluster_name, revision: refused.revision });
    expect((await confirm('oslo')).status).toBe(400);
    expect((await confirm('paris')).status).toBe(204);
    await pollUntil(async () => (await canary.loadedRules()).length === 0, {
      what: 'the rules to be gone',
      timeoutMs: 60_000,
      intervalMs: 100,
    });
    for (const one of others) expect((await one.loadedRules()).length).toBeGreaterThan(0);
  });
});
