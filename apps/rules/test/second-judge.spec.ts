import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  dismissRuleDisagreement,
  getRuleDisagreement,
  listRuleDisagreements,
  serviceOperations,
  reopenRuleDisagreement,
  updateRule,
  validateRules,
  type RuleDisagreementView,
  type RuleValidationInput,
} from '@alertagent/contracts';
import {
  ensureBinaries,
  makeTempDir,
  pollUntil,
  removeDir,
  sharedStack,
  type NatsServer,
} from '@alertagent/local-stack';
import { Metrics } from '@alertagent/service-kit';
import { SecondJudge } from '../src/second-judge/second-judge';
import { ACTOR, ruleInput, RulesWorld } from './rules-world';

/** go-yaml reads no further than empty brackets at the beginning. Nobody means that, and we refuse it: a known disagreement. */
const TAKEN_BY_PROMTOOL = '{}groups:\n- name: g\n';

const stack = sharedStack();
let nats: NatsServer;
let folder: string;
let promtool: string;

beforeAll(async () => {
  nats = await stack.startTestNats();
  folder = await makeTempDir('second-judge');
  ({ promtool } = await ensureBinaries(['promtool']));
}, 120_000);
afterAll(async () => {
  await removeDir(folder);
  await stack.close();
});

/** A program that calls itself promtool and does this for every check. */
async function pretender(name: string, check: string): Promise<string> {
  const path = join(folder, name);
  const script = `#!/bin/sh\ncase $1 in\n--version) echo "promtool, version 2.42.0" ;;\n*) ${check} ;;\nesac\n`;
  await writeFile(path, script);
  await chmod(path, 0o755);
  return path;
}

describe.each(stack.testDatabaseUrls())('the second judge, on $name,', (database) => {
  let world: RulesWorld;

  async function start(program: string, config: object = {}): Promise<void> {
    process.env.ALERTAGENT_PROMTOOL_BIN = program;
    try {
      world = await RulesWorld.start(nats, database, { config });
    } finally {
      delete process.env.ALERTAGENT_PROMTOOL_BIN;
    }
  }
  afterEach(() => world?.close());

  const target = async () => ({ targets: [(await world.cluster()).id] });
  const validate = (input: RuleValidationInput) => world.gateway.request(validateRules, input);
  const list = (query = {}) => world.gateway.request(listRuleDisagreements, query);
  async function counted(outcome: string): Promise<number> {
    const { registry } = world.service.get(Metrics);
    const text = await registry.getSingleMetricAsString('alertagent_rule_second_judgements_total');
    return Number(new RegExp(`outcome="${outcome}".*} (\\d+)`).exec(text)?.[1] ?? 0);
  }
  const until = (outcome: string, count: number) =>
    pollUntil(async () => (await counted(outcome)) >= count, { what: `${count} ${outcome}`, timeoutMs: 60_000 });
  const defects = () => world.service.logLines().filter(({ message }) => String(message).startsWith('Defect'));

  it('agrees with what is validated and saved, whatever it is, and says nothing then', async () => {
    await start(promtool);
    await validate({ expression: 'rate(foo[5m]) > 0' });
    await validate({ expression: 'rate(foo) > 0', prometheus_version: '3.5.3' });
    await validate({ expression: 'up{a="\u007f\u0085\u2028\ufeff😀"}' });
    await validate({ yaml: 'groups:\n- name: g\n  rules:\n  - {alert: A, expr: up == 0, expr: up}\n' });
    await validate({ rule: { name: 'A', expression: 'up', labels: { __proto__: '{{' }, severity: 'page' } });
    await validate({ rule: { kind: 'recording', name: 'a b', expression: 'up' } });
    const rule = await world.create({
      ...(await target()),
      expression: 'up > ${most}',
      parameters: { most: 3 },
      overrides: [{ target: { labels: { env: 'test' } }, duration: '5m' }],
    });
    await until('agreed', 8);
    await world.gateway.request(updateRule, {
      id: rule.id,
      rule: ruleInput({ ...(await target()), name: rule.name, expression: 'sum(up) by (job) > 3' }),
      actor: ACTOR,
    });
    await until('agreed', 9);

    expect(await counted('disagreed')).toBe(0);
    await expect(list()).resolves.toEqual({ items: [], next_cursor: null, promtool: expect.any(String) as string });
  });

  it('is contradicted in the log, in a metric and in a list where it takes what we refuse', async () => {
    await start(promtool);
    await expect(validate({ yaml: TAKEN_BY_PROMTOOL })).resolves.toMatchObject({ valid: false });
    await until('disagreed', 1);
    await validate({ yaml: TAKEN_BY_PROMTOOL });
    await until('disagreed', 2);

    const { items } = await list();
    expect(items).toMatchObject([
      { source: 'validated', rule_id: null, valid: false, text: TAKEN_BY_PROMTOOL, is_shortened: false, seen: 2 },
    ]);
    expect(items[0]?.reason).toMatch(/^yaml\/syntax: /);
    expect(defects()).toMatchObject([{ valid: false, text: TAKEN_BY_PROMTOOL }, {}]);
  });

  it('is contradicted no more on what was dismissed with a reason, until that is taken back', async () => {
    await start(promtool);
    await validate({ yaml: TAKEN_BY_PROMTOOL });
    await until('disagreed', 1);
    const { id } = (await list()).items[0]!;
    const dismiss = (reason: string) => world.gateway.request(dismissRuleDisagreement, { id, reason, actor: ACTOR });
    const dismissal = { dismissed_by: ACTOR.name, dismissal_reason: 'nobody writes that' };
    await dismiss('unlikely');
    await expect(dismiss('nobody writes that')).resolves.toMatchObject({ id, ...dismissal, text: TAKEN_BY_PROMTOOL });

    await validate({ yaml: TAKEN_BY_PROMTOOL });
    await until('dismissed', 1);
    expect(defects()).toHaveLength(1);
    expect([(await list()).items, await list({ state: 'dismissed' }), await list({ state: 'all' })]).toMatchObject([
      [],
      { items: [{ id, seen: 2, ...dismissal, dismissed_at: expect.any(String) }] },
      { items: [{ id }] },
    ]);

    const reopen = () => world.gateway.request(reopenRuleDisagreement, { id, actor: ACTOR });
    for (let times = 0; times < 2; times += 1) expect(await reopen()).toMatchObject({ id, dismissed_at: null });
    await validate({ yaml: TAKEN_BY_PROMTOOL });
    await until('disagreed', 2);
    expect(await list()).toMatchObject({ items: [{ id, seen: 3, dismissed_by: null, dismissal_reason: null }] });
    const { items } = await world.gateway.request(serviceOperations.rules.listAudit, {});
    const told = items.filter(({ resource_id }) => resource_id === id);
    expect(told.map(({ action, actor, after }) => [action, actor.name, after])).toEqual([
      ['rule.disagreement.reopened', ACTOR.name, { dismissal_reason: null }],
      ['rule.disagreement.dismissed', ACTOR.name, { dismissal_reason: 'nobody writes that' }],
      ['rule.disagreement.dismissed', ACTOR.name, { dismissal_reason: 'unlikely' }],
    ]);
    await expect(
      world.gateway.request(dismissRuleDisagreement, { id: 'none', reason: 'x', actor: ACTOR }),
    ).rejects.toMatchObject({ code: 'not_found' });
  });

  it('is contradicted where it refuses what we take, with the rule and the words of promtool', async () => {
    await start(await pretender('refuses', 'echo "rules.yml: no such thing" >&2; exit 1'));
    const rule = await world.create({
      ...(await target()),
      description: 'not a part of the file',
      labels: { long: 'x'.repeat(1000) },
    });
    await until('disagreed', 1);
    await validate({ expression: 'up' });
    await until('disagreed', 2);

    const first = await list({ limit: 1 });
    const second = await list({ limit: 1, cursor: first.next_cursor });
    expect(first.items).toMatchObject([{ source: 'validated', is_shortened: false, promtool: '2.42.0' }]);
    const [saved] = second.items as [RuleDisagreementView];
    expect(saved).toMatchObject({ rule_id: rule.id, rule_version: 1, valid: true, is_shortened: true });
    expect(saved.reason).toBe('rules.yml: no such thing');
    const whole = await world.gateway.request(getRuleDisagreement, { id: saved.id });
    expect(JSON.parse(whole.text)).toMatchObject({ groups: [{ rules: [{ alert: rule.name, expr: 'up == 0' }] }] });
    await expect(world.gateway.request(getRuleDisagreement, { id: 'none' })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(list({ cursor: 'none' })).rejects.toMatchObject({ code: 'invalid' });
  });

  it('is put many before at once, and finds the one among them that it judges differently', async () => {
    // Hangs on the first, so that the others gather; then it refuses whatever holds "odd".
    const script = `test -e ${folder}/go || { while ! test -e ${folder}/go; do sleep 0.05; done; }; shift 2; grep -q odd "$@" && { echo odd >&2; exit 1; }; exit 0`;
    await start(await pretender('odd', script));
    for (const expression of ['up', ...Array.from({ length: 20 }, (_, index) => `fine_${index}`), 'odd == 0', 'last'])
      await validate({ expression });
    await writeFile(join(folder, 'go'), '');
    await until('agreed', 22);
    await until('disagreed', 1);

    const { items } = await list();
    expect(items).toMatchObject([{ text: expect.stringContaining('odd == 0') as string, reason: 'odd', seen: 1 }]);
  });

  it('is waited for by nobody when it hangs, lets so much wait and no more, and ends with the service', async () => {
    await start(await pretender('hangs', 'exec /bin/sleep 600'));
    await world.create(await target());
    await expect(validate({ expression: 'up' })).resolves.toMatchObject({ valid: true });
    const judge = world.service.get(SecondJudge);
    const judged = { subject: { expression: 'up' }, source: 'validated', ruleId: null, ruleVersion: null } as const;
    for (let count = 0; count < 600; count += 1) judge.consider(judged);
    // One is before promtool; 500 wait.
    expect(await counted('left_out')).toBe(101);
    judge.consider({ ...judged, subject: { expression: 'u'.repeat(100_001) } });
    expect(await counted('left_out')).toBe(102);
    expect(await counted('agreed')).toBe(0);
    const from = performance.now();
    await judge.beforeApplicationShutdown();
    // Promtool itself would have had ten seconds.
    expect(performance.now() - from).toBeLessThan(5_000);
  });

  it('says nothing when it breaks, and is not asked when nobody wants it', async () => {
    await start(await pretender('breaks', 'exit 2'));
    await validate({ expression: 'up' });
    await until('not_judged', 1);
    await expect(list()).resolves.toMatchObject({ items: [] });
    await world.close();

    await start(await pretender('refuses', 'exit 1'), { rules: { second_judge: false } });
    await validate({ expression: 'up' });
    await expect(list()).resolves.toMatchObject({ items: [], promtool: null });
    expect(await Promise.all(['disagreed', 'not_judged', 'left_out'].map(counted))).toEqual([0, 0, 0]);
  });
});
