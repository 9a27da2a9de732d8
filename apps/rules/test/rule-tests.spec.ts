import {
  createRule,
  deleteRuleTests,
  getClusterRules,
  getRuleDistribution,
  getRuleTests,
  importRuleTests,
  listRuleTestRuns,
  overrideRuleTests,
  putRuleTests,
  runRuleTests,
  serviceOperations,
  updateRule,
  type RuleTestRunView,
  type RuleView,
} from '@alertagent/contracts';
import { ensureBinaries, pollUntil, sharedStack, type NatsServer } from '@alertagent/local-stack';
import { ACTOR, ruleInput, RulesWorld } from './rules-world';

/** Passes while `up == 0` fires at once. */
const TESTS = `
evaluation_interval: 1m
tests:
  - name: it fires when the instance is down
    interval: 1m
    input_series: [{series: 'up{job="a"}', values: '1 0 0'}]
    alert_rule_test:
      - {eval_time: 1m, alertname: NAME, exp_alerts: [{exp_labels: {job: a}}]}
  - name: it is quiet while the instance is up
    interval: 1m
    input_series: [{series: 'up{job="a"}', values: '1 1 1'}]
    alert_rule_test: [{eval_time: 2m, alertname: NAME}]
`;

const stack = sharedStack();
let nats: NatsServer;
let promtool: string;

beforeAll(async () => {
  nats = await stack.startTestNats();
  ({ promtool } = await ensureBinaries(['promtool']));
  process.env.ALERTAGENT_PROMTOOL_BIN = promtool;
}, 120_000);
afterAll(async () => {
  delete process.env.ALERTAGENT_PROMTOOL_BIN;
  await stack.close();
});

describe.each(stack.testDatabaseUrls())('tests of rules on $name', (database) => {
  let world: RulesWorld;

  beforeAll(async () => {
    world = await RulesWorld.start(nats, database);
  }, 120_000);
  afterAll(() => world.close());

  const put = (rule: RuleView, content = TESTS.replaceAll('NAME', rule.name)) =>
    world.gateway.request(putRuleTests, { id: rule.id, tests: { content }, actor: ACTOR });
  const update = (rule: RuleView, changes: object) =>
    world.gateway.request(updateRule, {
      id: rule.id,
      rule: { ...ruleInput(), name: rule.name, targets: rule.targets, ...changes },
      actor: ACTOR,
    });
  const ended = (rule: RuleView): Promise<RuleTestRunView> =>
    pollUntil(
      async () => {
        const { latest } = await world.gateway.request(getRuleTests, { id: rule.id });
        return latest?.ended_at ? latest : null;
      },
      { what: 'the tests have been run', timeoutMs: 60_000 },
    );
  const placed = async (clusterId: string) =>
    (await world.gateway.request(getClusterRules, { id: clusterId })).rules.map(({ version, expression }) => ({
      version,
      expression,
    }));

  it('are judged one by one by the real promtool', async () => {
    const rule = await world.create({ expression: 'up == 1', targets: [(await world.cluster()).id] });
    expect(await put(rule)).toMatchObject({ version: 1, test_count: 2, latest: { state: 'waiting', blocks: true } });
    expect(await ended(rule)).toMatchObject({
      state: 'failed',
      promtool: expect.stringMatching(/^\d+\.\d+/) as unknown,
      results: [
        {
          position: 0,
          name: 'it fires when the instance is down',
          verdict: 'failed',
          message: expect.stringContaining(rule.name) as unknown,
        },
        { position: 1, name: 'it is quiet while the instance is up', verdict: 'failed' },
      ],
    });
    await update(rule, { expression: 'up == 0' });
    expect(await ended(rule)).toMatchObject({ rule_version: 2, state: 'passed', blocks: false, results: [{}, {}] });
    const { items } = await world.gateway.request(listRuleTestRuns, { id: rule.id });
    expect(items.map(({ rule_version, state }) => [rule_version, state])).toEqual([
      [2, 'passed'],
      [1, 'failed'],
    ]);
    expect(JSON.stringify(items)).not.toMatch(/alertagent-promtool-/);
  });

  it('have no runs, not even none, where there is no rule', async () => {
    const runs = world.gateway.request(listRuleTestRuns, { id: '01900000-0000-7000-8000-00000000dead' });
    await expect(runs).rejects.toMatchObject({ code: 'not_found' });
  });

  it('hold back a version that fails: what was placed before stays, until one passes', async () => {
    const cluster = await world.cluster();
    const rule = await world.create({ expression: 'up == 0', targets: [cluster.id] });
    await put(rule);
    expect(await ended(rule)).toMatchObject({ state: 'passed' });
    // A version that fails and would go to another cluster neither comes there nor leaves here.
    const other = await world.cluster();
    await update(rule, { expression: 'up == 2', targets: [other.id] });
    expect(await ended(rule)).toMatchObject({ rule_version: 2, state: 'failed', blocks: true });
    expect(await placed(cluster.id)).toEqual([{ version: 1, expression: 'up == 0' }]);
    expect(await placed(other.id)).toEqual([]);
    const distribution = await world.gateway.request(getRuleDistribution, { id: rule.id });
    expect(distribution.held).toMatchObject([{ by: 'tests', version: 2 }]);

    await update(rule, { expression: '(up) == 0', targets: [cluster.id] });
    await pollUntil(async () => (await placed(cluster.id))[0]?.version === 3, {
      what: 'the version that passes is placed',
    });
    expect(await ended(rule)).toMatchObject({ rule_version: 3, state: 'passed' });
    expect((await world.targets(rule.id)).map(({ cluster_id, version }) => [cluster_id, version])).toEqual([
      [cluster.id, 3],
    ]);
  });

  it('let a version go that failed when somebody answers for it, and that is audited', async () => {
    const cluster = await world.cluster();
    const rule = await world.create({ expression: 'up == 0', targets: [cluster.id] });
    await put(rule);
    await ended(rule);
    const override = () =>
      world.gateway.request(overrideRuleTests, { id: rule.id, reason: 'the test is wrong, see #7', actor: ACTOR });
    await expect(override()).rejects.toMatchObject({ code: 'conflict' });
    await update(rule, { expression: 'up == 2', targets: [cluster.id] });
    await ended(rule);
    expect(await override()).toMatchObject({
      blocks: false,
      override_reason: 'the test is wrong, see #7',
      overridden_by: 'ada',
    });
    expect(await placed(cluster.id)).toEqual([{ version: 2, expression: 'up == 2' }]);
    const { items } = await world.gateway.request(serviceOperations.rules.listAudit, { limit: 1 });
    expect(items).toMatchObject([{ action: 'rule.tests_overridden', resource_id: rule.id, actor: ACTOR }]);
    // The reason was given for this version only.
    await update(rule, { expression: 'up == 3', targets: [cluster.id] });
    expect(await ended(rule)).toMatchObject({ rule_version: 3, state: 'failed', blocks: true });
    expect(await placed(cluster.id)).toEqual([{ version: 2, expression: 'up == 2' }]);
    await world.gateway.request(deleteRuleTests, { id: rule.id, actor: ACTOR });
    expect(await placed(cluster.id)).toEqual([{ version: 3, expression: 'up == 3' }]);
  });

  it('can be run again, and say what is wrong with a file that cannot be loaded', async () => {
    const rule = await world.create({ expression: 'up == 0', targets: [(await world.cluster()).id] });
    await put(rule, 'tests: [{interval: 1m, alert_rule_tests: []}]');
    expect(await world.gateway.request(runRuleTests, { id: rule.id, actor: ACTOR })).toMatchObject({
      state: 'failed',
      results: [{ verdict: 'failed', message: expect.stringContaining('alert_rule_tests') as unknown }],
    });
    await expect(put(rule, 'tests: [')).rejects.toMatchObject({ code: 'invalid', errors: [{ pointer: '/content' }] });
  });

  it('of an existing file are stored with the rules that it names, and run with those of their group', async () => {
    const group = `group-${database.name}`;
    const targets = [(await world.cluster()).id];
    const rule = (name: string, expression: string) =>
      world.gateway.request(createRule, { rule: { ...ruleInput({ expression, group, targets }), name }, actor: ACTOR });
    const [down, firing] = [
      await rule('ImportedDown', 'up == 0'),
      await rule('ImportedBoth', 'ALERTS{alertname="ImportedDown"}'),
    ];
    const content = `
rule_files: [whatever.yml]
tests:
  - interval: 1m
    input_series: [{series: 'up{job="a"}', values: '0 0 0'}]
    alert_rule_test:
      - {eval_time: 1m, alertname: ImportedDown, exp_alerts: [{exp_labels: {job: a}}]}
      - {eval_time: 2m, alertname: ImportedBoth, exp_alerts: [{exp_labels: {job: a, alertstate: firing}}]}
      - {eval_time: 2m, alertname: Elsewhere}
`;
    const imported = await world.gateway.request(importRuleTests, { file: { content, group }, actor: ACTOR });
    expect(imported.missing).toEqual(['Elsewhere']);
    expect(imported.items.map(({ rule_id, with: others }) => [rule_id, others])).toEqual([
      [down.id, [firing.id]],
      [firing.id, [down.id]],
    ]);
    expect(await ended(down)).toMatchObject({ state: 'passed' });
    const again = await world.gateway.request(importRuleTests, { file: { content, group }, actor: ACTOR });
    expect(again.items.map(({ version }) => version)).toEqual([1, 1]);
  });
});

it('without promtool say that they were not run, and hold nothing back', async () => {
  process.env.ALERTAGENT_PROMTOOL_BIN = '';
  const path = process.env.PATH;
  process.env.PATH = '/nowhere';
  const world = await RulesWorld.start(nats, stack.testDatabaseUrls()[0]!).finally(() => {
    process.env.PATH = path;
    process.env.ALERTAGENT_PROMTOOL_BIN = promtool;
  });
  const cluster = await world.cluster();
  const rule = await world.create({ expression: 'up == 2', targets: [cluster.id] });
  await world.gateway.request(putRuleTests, {
    id: rule.id,
    tests: { content: TESTS.replaceAll('NAME', rule.name) },
    actor: ACTOR,
  });
  expect(await world.gateway.request(runRuleTests, { id: rule.id, actor: ACTOR })).toMatchObject({
    state: 'not_run',
    blocks: false,
    promtool: null,
    reason: expect.stringContaining('no promtool on this machine') as unknown,
  });
  await world.close();
}, 60_000);
