import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  deleteRule,
  listRuleHealth,
  sweepRules,
  type ListRuleHealth,
  type RuleFactsPage,
  type RuleHealthFinding,
  type RuleReport,
  type RuleView,
} from '@alertagent/contracts';
import {
  makeTempDir,
  pollUntil,
  removeDir,
  sharedStack,
  startPrometheus,
  type NatsServer,
  type PrometheusServer,
} from '@alertagent/local-stack';
import { ACTOR, RulesWorld, shown } from './rules-world';

const DAY = 24 * 3_600_000;
const stack = sharedStack();
let nats: NatsServer;
let prometheus: PrometheusServer;
let dir: string;

beforeAll(async () => {
  nats = await stack.startTestNats();
  dir = await makeTempDir('rule-health');
  const rules = [{ record: 'present', expr: 'vector(1)', labels: { job: 'made' } }];
  await writeFile(join(dir, 'a.yml'), JSON.stringify({ groups: [{ name: 'made', rules }] }));
  prometheus = await startPrometheus({ rulesGlob: join(dir, '*.yml') });
  await pollUntil(() => hasSeries('present'), { what: 'Prometheus has a series', timeoutMs: 60_000 });
}, 120_000);
afterAll(async () => {
  await prometheus?.stop();
  await removeDir(dir);
  await stack.close();
});

async function hasSeries(selector: string): Promise<boolean> {
  const answer = await fetch(`${prometheus.url}/api/v1/query?query=${encodeURIComponent(selector)}`);
  const { data } = (await answer.json()) as { data?: { result: unknown[] } };
  return (data?.result.length ?? 0) > 0;
}

describe.each(stack.testDatabaseUrls())('the sweep over all rules, on $name,', (database) => {
  let world: RulesWorld;
  /** What the gateway knows of rules by name. */
  const known = new Map<string, { teams?: string[]; lastFired?: { cluster_id: string; at: string } }>();

  beforeAll(async () => {
    const facts = (query: { rules: { rule_id: string; labels: Record<string, string> }[] }): RuleFactsPage => ({
      policy_version: 1,
      teams_named: 1,
      rules: query.rules.map(({ rule_id, labels }) => {
        const { teams = labels['team'] === 'nobody' ? [] : ['sre'], lastFired } = known.get(labels['alertname']!) ?? {};
        return { rule_id, teams, last_fired: lastFired ? [lastFired] : [] };
      }),
    });
    const config = { security: { outbound_allow: ['127.0.0.0/8'] } };
    world = await RulesWorld.start(nats, database, { config, facts });
  }, 120_000);
  afterAll(() => world.close());

  const list = (query: ListRuleHealth = {}) => world.gateway.request(listRuleHealth, query);
  /** A whole sweep that began after this was called. */
  const sweep = async () => {
    // Whatever began before is older than this.
    world.clock.advance(1);
    const from = world.clock.now().getTime();
    await world.gateway.request(sweepRules, {});
    const isOver = async () => {
      const page = await list();
      return Date.parse(page.swept_at ?? '') >= from ? page : null;
    };
    return pollUntil(isOver, { what: 'a sweep' });
  };
  const kinds = (items: RuleHealthFinding[], rule?: RuleView) =>
    items.filter(({ rule_id }) => !rule || rule_id === rule.id).map(({ finding }) => finding);
  const well = (changes: object = {}) =>
    world.create({ annotations: { runbook_url: 'https://runbooks.example/a' }, ...changes });
  const shows = (cluster: { id: string }, ...rules: RuleReport[]) =>
    world.apply(cluster.id, { revision: world.nextRevision(), rules });
  const entry = (rule: RuleView, changes: Partial<RuleReport> = {}): RuleReport => ({
    ...shown(rule),
    evaluation_seconds: 0.01,
    interval_seconds: 15,
    firing: 0,
    ...changes,
  });

  it('asks the real Prometheus which series do not exist, and names them', async () => {
    const cluster = await world.cluster({}, prometheus.url);
    const good = await well({ targets: [cluster.id], expression: 'present{job="made"} == 0' });
    const bad = await well({
      targets: [cluster.id],
      expression: 'sum(rate(no_such_total{a="b"}[5m])) / sum(present) > 0.1 or absent(neither)',
    });
    const { sources } = await sweep();

    const { items } = await list({ cluster_id: cluster.name, finding: 'no-series' });
    expect(items).toMatchObject([{ rule_id: bad.id, cluster_name: cluster.name }]);
    expect(items[0]?.detail).toMatch(
      /no_such_total\{a="b"\} \(the metric no_such_total was not there in the last week\)$/,
    );
    expect(kinds((await list({ rule_id: good.id })).items)).toEqual([]);
    expect(sources.find(({ cluster_id }) => cluster_id === cluster.id)).toMatchObject({
      outcome: 'asked',
      reason: null,
    });
  });

  it('says which sources could not be asked, and finds nothing there', async () => {
    const hidden = await world.cluster({}, 'http://10.1.2.3:9090');
    const away = await world.cluster({}, 'http://127.0.0.1:1');
    const silent = await world.cluster();
    const rule = await well({ expression: 'no_such_series > 1', targets: [hidden.id, away.id, silent.id] });
    const { sources } = await sweep();

    const outcomes = new Map(sources.map(({ cluster_id, outcome, reason }) => [cluster_id, [outcome, reason]]));
    expect(outcomes.get(hidden.id)).toEqual(['not_allowed', expect.stringContaining('outbound_allow')]);
    expect(outcomes.get(away.id)).toEqual(['failed', expect.stringContaining('ECONNREFUSED')]);
    expect(outcomes.get(silent.id)).toEqual(['no_address', expect.any(String)]);
    expect((await list({ rule_id: rule.id })).items).toEqual([]);
  });

  it('finds what members show: failing, slow, and firing for a week without a break', async () => {
    const cluster = await world.cluster();
    const [failing, slow, firing, quick] = [
      await well({ targets: [cluster.id], expression: 'a > 1' }),
      await well({ targets: [cluster.id], expression: 'b > 1', group: 'slow' }),
      await well({ targets: [cluster.id], expression: 'c > 1', group: 'firing' }),
      await well({ targets: [cluster.id], expression: 'd > 1', group: 'quick' }),
    ] as const;
    const report = () =>
      shows(
        cluster,
        entry(failing, { status: 'failed', reason: 'many-to-many matching not allowed' }),
        entry(slow, { evaluation_seconds: 16 }),
        entry(firing, { firing: 2 }),
        entry(quick),
      );
    await report();
    await pollUntil(async () => kinds((await sweep()).items, slow).length > 0, { what: 'the report was taken in' });
    expect(kinds((await list({ rule_id: failing.id })).items)).toEqual(['failing']);
    expect((await list({ rule_id: slow.id })).items[0]?.detail).toMatch(/^p0: the rule takes 16\.00 s/);
    expect(kinds((await list({ rule_id: firing.id })).items)).toEqual([]);

    world.clock.advance(8 * DAY);
    await report();
    await sweep();
    expect(kinds((await list({ rule_id: firing.id })).items)).toEqual(['always-firing']);
    // Watched for eight days: too short for the month that counts unless told.
    expect(kinds((await list({ rule_id: quick.id })).items)).toEqual([]);
    expect(kinds((await list({ rule_id: quick.id, days: '7' })).items)).toEqual(['never-fired']);

    // The gateway heard of it yesterday.
    known.set(quick.name, {
      lastFired: { cluster_id: cluster.id, at: new Date(world.clock.now().getTime() - 2 * DAY).toISOString() },
    });
    await sweep();
    expect(kinds((await list({ rule_id: quick.id, days: '7' })).items)).toEqual([]);
    expect(kinds((await list({ rule_id: quick.id, days: '1' })).items)).toEqual(['never-fired']);
  });

  it('looks at the labels that a rule has on each cluster when it asks who would be told', async () => {
    // More than are looked at at once, so that what is known of the first is there for the last.
    const routed = [];
    while (routed.length < 5) routed.push((await world.cluster()).id);
    const lost = await world.cluster();
    const rule = await well({
      targets: [...routed, lost.id],
      overrides: [{ target: lost.id, labels: { team: 'nobody' } }],
    });
    await sweep();
    const found = (await list({ rule_id: rule.id })).items;
    expect(found.map(({ cluster_id, finding }) => [cluster_id, finding])).toEqual([[lost.id, 'no-route']]);
  });

  it('finds what a rule lacks and what another says already, keeps findings while they last, and pages', async () => {
    const cluster = await world.cluster();
    const first = await world.create({ targets: [cluster.id], expression: 'e{x="1",y="2"} > 1' });
    const second = await world.create({ targets: [cluster.id], expression: 'e{y="2", x="1"}  > 1' });
    known.set(first.name, { teams: [] });
    await sweep();

    const all = await list({ cluster_id: cluster.id });
    expect(kinds(all.items, first).sort()).toEqual(['duplicate', 'no-route', 'no-runbook']);
    expect(kinds(all.items, second).sort()).toEqual(['duplicate', 'no-runbook']);
    expect(all.items.find(({ rule_id, finding }) => rule_id === first.id && finding === 'duplicate')?.detail).toBe(
      `says the same as ${second.name}`,
    );
    const paged: RuleHealthFinding[] = [];
    let cursor: string | null | undefined = null;
    do {
      const page = await list({ cluster_id: cluster.id, limit: 2, cursor });
      paged.push(...page.items);
      cursor = page.next_cursor;
    } while (cursor);
    expect(paged).toEqual(all.items);

    await world.gateway.request(deleteRule, { id: second.id, actor: ACTOR });
    await sweep();
    const left = (await list({ cluster_id: cluster.id })).items;
    expect(kinds(left).sort()).toEqual(['no-route', 'no-runbook']);
    for (const one of left) {
      const before = all.items.find(({ rule_id, finding }) => rule_id === one.rule_id && finding === one.finding);
      expect(one.since).toBe(before?.since);
      expect(Date.parse(one.looked_at)).toBeGreaterThan(Date.parse(before!.looked_at));
    }
  });
});
