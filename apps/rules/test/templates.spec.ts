import {
  createRuleTemplate,
  createTemplateInstance,
  deleteRule,
  deleteRuleTemplate,
  deleteTemplateInstance,
  getClusterRules,
  getRule,
  getRulePack,
  getRulePackUpgrade,
  getRuleTemplate,
  getTemplateImpact,
  getTemplateInstance,
  installRulePack,
  listRulePacks,
  listRules,
  listRuleTemplates,
  listRuleTemplateVersions,
  listRuleVersions,
  listTemplateInstances,
  previewRuleTemplate,
  serviceOperations,
  uninstallRulePack,
  updateRule,
  updateRuleTemplate,
  updateTemplateInstance,
  upgradeRulePack,
  upgradeTemplateInstances,
  type RuleTemplateInput,
  type RuleTemplateView,
  type RuleView,
  type TemplateInstanceInput,
  type TemplateInstanceView,
} from '@alertagent/contracts';
import { pollUntil, sharedStack, type NatsServer } from '@alertagent/local-stack';
import { DataSource } from 'typeorm';
import { PackCatalogue } from '../src/packs/pack-catalogue';
import { ACTOR, RulesWorld } from './rules-world';

const stack = sharedStack();
let nats: NatsServer;

beforeAll(async () => {
  nats = await stack.startTestNats();
}, 120_000);
afterAll(() => stack.close());

let count = 0;
const unique = (what: string): string => `${what}-${(count += 1)}`;

/** Two rules about a queue, with a limit that a cluster may override. */
const queue = (changes: Partial<RuleTemplateInput> = {}): RuleTemplateInput => ({
  name: unique('queue'),
  parameters: [
    { name: 'limit', type: 'number', description: 'Messages that may wait.', default: 100, minimum: 1, maximum: 1000 },
    { name: 'job', type: 'label_value', description: 'Job of the queue.' },
  ],
  groups: [
    {
      name: 'queue',
      rules: [
        { name: 'QueueLong', expression: 'waiting{job="${job}"} > ${limit}', duration: '5m', severity: 'warning' },
        { name: 'QueueGone', expression: 'absent(waiting{job="${job}"})', duration: '10m', severity: 'critical' },
      ],
    },
  ],
  ...changes,
});

const LATER: RuleTemplateInput['groups'] = [
  {
    name: 'queue',
    rules: [
      { name: 'QueueLong', expression: 'max(waiting{job="${job}"}) > ${limit}', duration: '5m', severity: 'warning' },
      { name: 'QueueStuck', expression: 'rate(taken{job="${job}"}[5m]) == 0', duration: '15m', severity: 'warning' },
    ],
  },
];

describe.each(stack.testDatabaseUrls())('templates on $name', (database) => {
  let world: RulesWorld;

  beforeAll(async () => {
    world = await RulesWorld.start(nats, database);
  }, 120_000);
  afterAll(() => world.close());

  const create = (template: RuleTemplateInput) => world.gateway.request(createRuleTemplate, { template, actor: ACTOR });
  const change = (template: RuleTemplateView, changes: Partial<RuleTemplateInput>) => {
    const { name, title, description, parameters, groups } = template;
    const next = { name, title, description, parameters, groups, ...changes };
    return world.gateway.request(updateRuleTemplate, { id: template.id, template: next, actor: ACTOR });
  };
  const use = (template: RuleTemplateView, changes: Partial<TemplateInstanceInput> = {}) => {
    const name = unique('use');
    const instance = { name, namespace: name, parameters: { job: 'mail' }, targets: [], ...changes };
    return world.gateway.request(createTemplateInstance, { template_id: template.id, instance, actor: ACTOR });
  };
  const upgrade = (template: RuleTemplateView, more: object = {}) =>
    world.gateway.request(upgradeTemplateInstances, { id: template.id, ...more, actor: ACTOR });
  const ruleOf = (instance: TemplateInstanceView, key: string): Promise<RuleView> =>
    world.gateway.request(getRule, { id: instance.rules.find((rule) => rule.key === key)!.rule_id });
  const edit = (
    { id, version: _, created_at: __, updated_at: ___, deleted_at: ____, ...rule }: RuleView,
    changes: object,
  ) => world.gateway.request(updateRule, { id, rule: { ...rule, ...changes }, actor: ACTOR });
  const expressionsOn = async (clusterId: string): Promise<string[]> =>
    (await world.gateway.request(getClusterRules, { id: clusterId })).rules.map(({ expression }) => expression).sort();

  it('are shown with their versions, found by name, and refused with a pointer when they could not be used', async () => {
    const template = await create(queue());
    expect(template).toMatchObject({ version: 1, pack: null });
    await expect(create(queue({ name: template.name }))).rejects.toMatchObject({
      code: 'conflict',
      errors: [{ pointer: '/name' }],
    });
    await expect(create(queue({ name: 'packs/mine' }))).rejects.toMatchObject({
      code: 'invalid',
      errors: [{ pointer: '/name' }],
    });
    const broken = queue({ groups: [{ name: 'g', rules: [{ name: 'R', expression: 'up == ${job}' }] }] });
    await expect(create(broken)).rejects.toMatchObject({
      code: 'invalid',
      errors: [{ pointer: '/groups/0/rules/0/expression', code: 'misplaced' }],
    });

    const later = await change(template, { groups: LATER, reason: 'counts all brokers' });
    expect(await change(later, {})).toEqual(later);
    await expect(
      world.gateway.request(updateRuleTemplate, {
        id: template.id,
        template: queue(),
        expected_version: 1,
        actor: ACTOR,
      }),
    ).rejects.toMatchObject({ code: 'conflict', errors: [{ code: 'version_mismatch' }] });
    const { items } = await world.gateway.request(listRuleTemplateVersions, { id: template.name });
    expect(items.map(({ version, reason }) => [version, reason])).toEqual([
      [2, 'counts all brokers'],
      [1, null],
    ]);
    expect((await world.gateway.request(getRuleTemplate, { id: template.name })).id).toBe(template.id);
    const found = await world.gateway.request(listRuleTemplates, { name: template.name.toUpperCase() });
    expect(found.items.map(({ id }) => id)).toEqual([template.id]);
  });

  it('show what values make of them, and which value is at fault', async () => {
    const template = await create(queue());
    const preview = (parameters: Record<string, unknown>) =>
      world.gateway.request(previewRuleTemplate, { id: template.id, parameters });
    expect(await preview({ job: 'a"b', limit: 7 })).toMatchObject({
      valid: true,
      rules: [
        { key: 'QueueLong', expression: 'waiting{job="a\\"b"} > 7', parameters: { limit: 7 } },
        { key: 'QueueGone' },
      ],
    });
    expect(await preview({ limit: 5000 })).toMatchObject({
      valid: false,
      rules: [],
      problems: [
        { pointer: '/parameters/limit', code: 'out_of_bounds' },
        { pointer: '/parameters/job', code: 'required' },
      ],
    });
  });

  it('become rules on every target, with other values where a cluster has them', async () => {
    const [a, b] = [await world.cluster(), await world.cluster()];
    const template = await create(queue());
    const instance = await use(template, {
      targets: [a.id, b.id],
      overrides: [{ target: b.id, parameters: { limit: 500 } }],
      owner: 'mail-team',
    });
    expect(instance).toMatchObject({ state: 'applied', template_version: 1, problems: [] });
    expect(instance.rules.map(({ key }) => key)).toEqual(['QueueLong', 'QueueGone']);
    expect(await ruleOf(instance, 'QueueLong')).toMatchObject({
      owner: 'mail-team',
      namespace: instance.name,
      version: 1,
    });
    expect(await expressionsOn(a.id)).toEqual(['absent(waiting{job="mail"})', 'waiting{job="mail"} > 100']);
    expect(await expressionsOn(b.id)).toEqual(['absent(waiting{job="mail"})', 'waiting{job="mail"} > 500']);
  });

  it('refuse what cannot be made, and keep nothing of it', async () => {
    const template = await create(queue());
    const cluster = await world.cluster();
    const refused = async (changes: Partial<TemplateInstanceInput>, expected: object) => {
      await expect(use(template, { targets: [cluster.id], ...changes })).rejects.toMatchObject(expected);
    };
    await refused({ parameters: {} }, { code: 'invalid', errors: [{ pointer: '/parameters/job', code: 'required' }] });
    await refused({ targets: ['nowhere'] }, { code: 'invalid', errors: [{ pointer: '/targets/0' }] });
    await refused(
      { overrides: [{ target: cluster.id, parameters: { job: 'x' } }] },
      { code: 'invalid', errors: [{ pointer: '/overrides/0/parameters/job', code: 'not_overridable' }] },
    );
    await refused(
      { overrides: [{ target: cluster.id, parameters: { limit: 0 } }] },
      { code: 'invalid', errors: [{ pointer: '/overrides/0/parameters/limit', code: 'out_of_bounds' }] },
    );
    expect((await world.gateway.request(listTemplateInstances, { template_id: template.id })).items).toEqual([]);
    expect(await expressionsOn(cluster.id)).toEqual([]);

    const first = await use(template, { targets: [cluster.id] });
    await refused({ name: first.name }, { code: 'conflict', errors: [{ pointer: '/name' }] });
    await refused({ namespace: first.namespace }, { code: 'conflict' });
    expect((await world.gateway.request(listTemplateInstances, { template_id: template.id })).items).toHaveLength(1);
  });

  it('show which instances a change would touch, change none before they are told to, and then each as a new version', async () => {
    const cluster = await world.cluster();
    const template = await create(queue());
    const instance = await use(template, { targets: [cluster.id] });
    const before = await ruleOf(instance, 'QueueLong');
    const dryRun = { ...queue({ name: template.name }), groups: LATER };
    const planned = await world.gateway.request(getTemplateImpact, { id: template.id, template: dryRun });
    expect(planned).toMatchObject({
      version: null,
      instances: 1,
      changed: 1,
      items: [
        {
          instance_id: instance.id,
          rules: [
            {
              key: 'QueueLong',
              action: 'update',
              changes: [
                { field: '/expression', before: before.expression, after: 'max(waiting{job="mail"}) > ${limit}' },
              ],
            },
            { key: 'QueueStuck', action: 'create' },
            { key: 'QueueGone', action: 'delete' },
          ],
        },
      ],
    });

    await change(template, { groups: LATER });
    expect(await ruleOf(instance, 'QueueLong')).toEqual(before);
    expect(await world.gateway.request(getTemplateInstance, { id: instance.id })).toMatchObject({
      template_version: 1,
      newest_version: 2,
    });
    const result = await upgrade(template);
    expect(result).toMatchObject({
      version: 2,
      items: [{ instance_id: instance.id, status: 'upgraded', problems: [] }],
    });
    expect(await expressionsOn(cluster.id)).toEqual([
      'max(waiting{job="mail"}) > 100',
      'rate(taken{job="mail"}[5m]) == 0',
    ]);
    const { items } = await world.gateway.request(listRuleVersions, { id: before.id });
    expect(items.map(({ version }) => version)).toEqual([2, 1]);

    expect(await upgrade(template)).toMatchObject({ items: [{ status: 'unchanged' }] });
    expect(await upgrade(template, { version: 1 })).toMatchObject({ items: [{ status: 'upgraded' }] });
    expect(await expressionsOn(cluster.id)).toEqual(['absent(waiting{job="mail"})', 'waiting{job="mail"} > 100']);
  });

  it('keep what was changed by hand, and leave a rule alone that both changed', async () => {
    const cluster = await world.cluster();
    const template = await create(queue());
    const [kept, both, gone] = [
      await use(template, { targets: [cluster.id] }),
      await use(template, { targets: [cluster.id] }),
      await use(template, { targets: [cluster.id] }),
    ];
    const overrides = [{ target: cluster.id, parameters: { limit: 300 } }];
    await edit(await ruleOf(kept, 'QueueLong'), { parameters: { limit: 250 }, overrides, severity: 'info' });
    await edit(await ruleOf(both, 'QueueLong'), { expression: 'mine > ${limit}' });
    await world.gateway.request(deleteRule, { id: (await ruleOf(gone, 'QueueLong')).id, actor: ACTOR });
    const { parameters } = template;
    await change(template, { groups: LATER, parameters: [{ ...parameters[0]!, default: 50 }, parameters[1]!] });

    const { items } = await upgrade(template);
    expect(items.map(({ status }) => status)).toEqual(['upgraded', 'failed', 'upgraded']);
    expect(await ruleOf(kept, 'QueueLong')).toMatchObject({
      expression: 'max(waiting{job="mail"}) > ${limit}',
      parameters: { limit: 250 },
      overrides,
      severity: 'info',
    });
    expect(items[0]!.rules[0]).toMatchObject({
      action: 'update',
      kept: ['/severity', '/parameters/limit', '/overrides'],
    });
    expect(items[1]).toMatchObject({
      rules: [{ action: 'conflict', conflicts: ['/expression'] }, { action: 'create' }, { action: 'delete' }],
      problems: [{ pointer: '/expression', code: 'local_change' }],
    });
    expect(await ruleOf(both, 'QueueLong')).toMatchObject({ expression: 'mine > ${limit}' });
    expect(items[2]!.rules[0]).toMatchObject({ action: 'gone' });

    await upgrade(template, { instance_ids: [both.id], overwrite_local_changes: true });
    expect(await ruleOf(both, 'QueueLong')).toMatchObject({ expression: 'max(waiting{job="mail"}) > ${limit}' });
    expect(await world.gateway.request(getTemplateInstance, { id: both.id })).toMatchObject({
      state: 'applied',
      problems: [],
    });
  });

  it('do not upgrade an instance that lacks a value which the new version needs', async () => {
    const template = await create(queue());
    const instance = await use(template, { targets: [(await world.cluster()).id] });
    const fresh = { name: 'team', type: 'label_value' as const, description: 'New.' };
    await change(template, {
      parameters: [...template.parameters, fresh],
      groups: [
        {
          name: 'queue',
          rules: [{ name: 'QueueLong', expression: 'waiting{job="${job}", team="${team}"} > ${limit}' }],
        },
      ],
    });
    expect(await upgrade(template)).toMatchObject({
      items: [{ status: 'failed', problems: [{ pointer: '/parameters/team', code: 'required' }] }],
    });
    expect(await world.gateway.request(getTemplateInstance, { id: instance.id })).toMatchObject({
      template_version: 1,
      state: 'applied',
    });

    const { name, namespace, targets } = instance;
    const told = { name, namespace, targets, parameters: { job: 'mail', team: 'x' }, template_version: 2 };
    const updated = await world.gateway.request(updateTemplateInstance, {
      id: instance.id,
      instance: told,
      expected_version: 1,
      actor: ACTOR,
    });
    expect(updated).toMatchObject({ template_version: 2, state: 'applied', rules: [{ key: 'QueueLong' }] });
    expect(await ruleOf(updated, 'QueueLong')).toMatchObject({
      expression: 'waiting{job="mail", team="x"} > ${limit}',
    });
  });

  it('go on after a restart where work was cut off, and make no rule twice', async () => {
    const cluster = await world.cluster();
    const template = await create(queue());
    const instance = await use(template, { targets: [cluster.id] });
    await change(template, { groups: LATER });
    const made = await ruleOf(instance, 'QueueGone');
    // As a crash leaves it: told to upgrade, one rule made and that not yet written down, the rest not begun.
    const source = world.service.get(DataSource);
    await source.query(
      `UPDATE template_instances SET state = 'applying', template_version = 2 WHERE id = '${instance.id}'`,
    );
    await source.query(`UPDATE template_instance_rules SET applied = NULL WHERE rule_id = '${made.id}'`);
    await world.service.close();
    world.clock.advance(60_000);
    await world.startService();

    await pollUntil(async () => (await expressionsOn(cluster.id)).join().includes('taken'), {
      what: 'the upgrade goes on',
    });
    const settled = await pollUntil(
      async () => {
        const view = await world.gateway.request(getTemplateInstance, { id: instance.id });
        return view.state === 'applied' ? view : null;
      },
      { what: 'the instance is settled' },
    );
    expect(settled.rules.map(({ key }) => key)).toEqual(['QueueLong', 'QueueStuck']);
    expect(await expressionsOn(cluster.id)).toEqual([
      'max(waiting{job="mail"}) > 100',
      'rate(taken{job="mail"}[5m]) == 0',
    ]);
    const { items } = await world.gateway.request(listRules, { namespace: instance.namespace });
    expect(items).toHaveLength(2);
  });

  it('are deleted with instances only when it is said what becomes of their rules', async () => {
    const cluster = await world.cluster();
    const [keeping, taking] = [await create(queue()), await create(queue())];
    const kept = await use(keeping, { targets: [cluster.id] });
    const taken = await use(taking, { targets: [cluster.id] });
    await expect(world.gateway.request(deleteRuleTemplate, { id: keeping.id, actor: ACTOR })).rejects.toMatchObject({
      code: 'conflict',
      errors: [{ code: 'has_instances' }],
    });
    await world.gateway.request(deleteRuleTemplate, { id: keeping.id, instances: 'unlink', actor: ACTOR });
    await world.gateway.request(deleteRuleTemplate, { id: taking.id, instances: 'delete', actor: ACTOR });

    expect(await ruleOf(kept, 'QueueLong')).toMatchObject({ version: 1 });
    await expect(ruleOf(taken, 'QueueLong')).rejects.toMatchObject({ code: 'not_found' });
    for (const { id } of [kept, taken])
      await expect(world.gateway.request(getTemplateInstance, { id })).rejects.toMatchObject({ code: 'not_found' });
    expect(await expressionsOn(cluster.id)).toHaveLength(2);
    // The name is free again.
    await create(queue({ name: keeping.name }));
  });

  it('let go of one instance, with or without its rules', async () => {
    const cluster = await world.cluster();
    const template = await create(queue());
    const [kept, taken] = [
      await use(template, { targets: [cluster.id] }),
      await use(template, { targets: [cluster.id] }),
    ];
    await world.gateway.request(deleteTemplateInstance, { id: kept.id, rules: 'unlink', actor: ACTOR });
    await world.gateway.request(deleteTemplateInstance, { id: taken.id, rules: 'delete', actor: ACTOR });
    await change(template, { groups: LATER });
    expect(await upgrade(template)).toMatchObject({ items: [] });
    expect(await expressionsOn(cluster.id)).toEqual(['absent(waiting{job="mail"})', 'waiting{job="mail"} > 100']);
  });

  it('come in packs that are installed, upgraded with a look before, and uninstalled', async () => {
    const cluster = await world.cluster();
    const { items } = await world.gateway.request(listRulePacks, {});
    expect(items.find(({ name }) => name === 'redis')).toMatchObject({ installed: null, version: '1.0.0' });
    const input = { name: 'redis', namespace: 'redis', targets: [cluster.id], parameters: { memory_percent: 80 } };
    const installed = await world.gateway.request(installRulePack, { pack: 'redis', instance: input, actor: ACTOR });
    const pack = await world.gateway.request(getRulePack, { name: 'redis' });
    expect(installed).toMatchObject({ state: 'applied', template_name: 'packs/redis' });
    expect(installed.rules).toHaveLength(pack.rules);
    expect(pack.installed).toMatchObject({ version: '1.0.0', upgrade_available: false, instances: 1 });
    await expect(
      world.gateway.request(installRulePack, { pack: 'redis', instance: input, actor: ACTOR }),
    ).rejects.toMatchObject({ code: 'conflict' });
    await expect(
      world.gateway.request(updateRuleTemplate, { id: 'packs/redis', template: queue(), actor: ACTOR }),
    ).rejects.toMatchObject({ code: 'conflict' });
    await edit(await ruleOf(installed, 'RedisMemoryAlmostFull'), { parameters: { memory_percent: 85 } });

    const catalogue = world.service.get(PackCatalogue);
    const shipped = catalogue.get('redis');
    const groups = shipped.groups.map((group) => ({
      ...group,
      rules: group.rules
        .filter(({ name }) => name !== 'RedisAbsent')
        .map((rule) => (rule.name === 'RedisMemoryAlmostFull' ? { ...rule, duration: '20m' } : rule)),
    }));
    const newer = jest.spyOn(catalogue, 'get').mockReturnValue({ ...shipped, version: '1.1.0', groups });
    try {
      expect((await world.gateway.request(getRulePack, { name: 'redis' })).installed).toMatchObject({
        upgrade_available: true,
      });
      const seen = await world.gateway.request(getRulePackUpgrade, { name: 'redis' });
      expect(seen.items[0]!.rules.map(({ key, action }) => `${action} ${key}`)).toEqual([
        'update RedisMemoryAlmostFull',
        'delete RedisAbsent',
      ]);
      const done = await world.gateway.request(upgradeRulePack, { pack: 'redis', actor: ACTOR });
      expect(done).toMatchObject({ items: [{ status: 'upgraded' }] });
      expect(await ruleOf(installed, 'RedisMemoryAlmostFull')).toMatchObject({
        duration: '20m',
        parameters: { memory_percent: 85 },
      });
      expect((await world.gateway.request(getRulePack, { name: 'redis' })).installed).toMatchObject({
        version: '1.1.0',
      });
    } finally {
      newer.mockRestore();
    }

    await expect(world.gateway.request(uninstallRulePack, { pack: 'redis', actor: ACTOR })).rejects.toMatchObject({
      code: 'conflict',
    });
    await world.gateway.request(uninstallRulePack, { pack: 'redis', instances: 'delete', actor: ACTOR });
    expect(await expressionsOn(cluster.id)).toEqual([]);
    expect((await world.gateway.request(getRulePack, { name: 'redis' })).installed).toBeNull();
  });

  it('leave an audit record that holds together', async () => {
    const template = await create(queue());
    await use(template, { targets: [(await world.cluster()).id] });
    const { items } = await world.gateway.request(serviceOperations.rules.listAudit, { limit: 4 });
    expect(items.map(({ action }) => action)).toEqual([
      'rule.created',
      'rule.created',
      'template_instance.created',
      'rule_template.created',
    ]);
    expect(await world.gateway.request(serviceOperations.rules.verifyAudit, {})).toMatchObject({ ok: true });
  });
});
