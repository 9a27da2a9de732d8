import {
  createRule,
  clusterRegistered,
  clusterRetired,
  deleteRule,
  getClusterRules,
  getRule,
  listRules,
  listRuleVersions,
  rulePublished,
  ruleWithdrawn,
  serviceOperations,
  updateRule,
  type RuleView,
} from '@alertagent/contracts';
import { pollUntil, sharedStack, type NatsServer } from '@alertagent/local-stack';
import { assertNoDrift } from '@alertagent/service-kit';
import { DataSource } from 'typeorm';
import { ACTOR, ruleInput, RulesWorld } from './rules-world';

const stack = sharedStack();
let nats: NatsServer;

beforeAll(async () => {
  nats = await stack.startTestNats();
}, 120_000);
afterAll(() => stack.close());

describe.each(stack.testDatabaseUrls())('rules on $name', (database) => {
  let world: RulesWorld;

  beforeAll(async () => {
    world = await RulesWorld.start(nats, database);
  }, 120_000);
  afterAll(() => world.close());

  const published = async (rule: Pick<RuleView, 'id'>) =>
    (await world.gateway.events(rulePublished)).filter(({ rule_id }) => rule_id === rule.id);
  const withdrawn = async (rule: Pick<RuleView, 'id'>) =>
    (await world.gateway.events(ruleWithdrawn)).filter(({ rule_id }) => rule_id === rule.id);
  const update = (rule: RuleView, changes: object, expected_version?: number) =>
    world.gateway.request(updateRule, {
      id: rule.id,
      rule: { ...ruleInput(), name: rule.name, targets: rule.targets, ...changes },
      expected_version,
      actor: ACTOR,
    });

  it('keep tables that the entities describe exactly', async () => {
    await assertNoDrift(world.service.get(DataSource));
  });

  it('are created at version 1, wait on their clusters, and are announced to each', async () => {
    const [a, b] = [await world.cluster(), await world.cluster()];
    const rule = await world.create({
      targets: [a.id, b.name],
      labels: { team: 'x' },
      severity: 'warning',
      duration: '5m',
    });

    expect(rule).toMatchObject({
      version: 1,
      group: 'alertagent',
      severity: 'warning',
      duration: '5m',
      targets: [a.id, b.name],
    });
    expect(await world.gateway.request(getRule, { id: rule.id })).toEqual(rule);
    expect(
      (await world.targets(rule.id)).map(({ cluster_name, status, version }) => ({ cluster_name, status, version })),
    ).toEqual(
      expect.arrayContaining([a.name, b.name].map((cluster_name) => ({ cluster_name, status: 'pending', version: 1 }))),
    );
    const events = await pollUntil(async () => ((await published(rule)).length === 2 ? published(rule) : null), {
      what: 'two events',
    });
    expect(events.map(({ cluster_id }) => cluster_id).sort()).toEqual([a.id, b.id].sort());
    expect(await world.gateway.request(getClusterRules, { id: a.id })).toMatchObject({
      rules: [{ rule_id: rule.id, version: 1, expression: 'up == 0' }],
      withdrawn_rule_ids: [],
    });
  });

  it('name each unknown target by its place', async () => {
    const { name } = await world.cluster();
    await expect(
      world.create({ targets: [name, 'nowhere', { labels: { region: 'mars' } }, 'nobody'] }),
    ).rejects.toMatchObject({
      code: 'invalid',
      errors: [
        { pointer: '/targets/1', code: 'unknown_cluster' },
        { pointer: '/targets/3', code: 'unknown_cluster' },
      ],
    });
  });

  it('are refused when Prometheus would refuse them', async () => {
    const { name } = await world.cluster();
    await expect(world.create({ targets: [name], expression: 'sum(' })).rejects.toMatchObject({
      code: 'invalid',
      errors: [{ pointer: '/expression' }],
    });
  });

  it('may read any series in a template only when an administrator saves them', async () => {
    const annotations = { summary: '{{ with query "up" }}{{ . | first | value }}{{ end }}' };
    const { name } = await world.cluster();
    const rule = ruleInput({ annotations, targets: [name] });
    for (const actor of [ACTOR, { ...ACTOR, role: 'operator' as const }])
      await expect(world.gateway.request(createRule, { rule, actor })).rejects.toMatchObject({
        code: 'invalid',
        errors: [{ pointer: '/annotations/summary', code: 'bad_template' }],
      });
    const admin = { ...ACTOR, role: 'admin' as const };
    expect(await world.gateway.request(createRule, { rule, actor: admin })).toMatchObject({ annotations });
  });

  it('have names that are unique in their group, byte by byte, until they are deleted', async () => {
    const { name } = await world.cluster();
    const first = await world.create({ name: 'Disk full', targets: [name] });
    await expect(world.create({ name: 'Disk full', targets: [name] })).rejects.toMatchObject({
      code: 'conflict',
      errors: [{ pointer: '/name' }],
    });
    const others = [
      await world.create({ name: 'disk full', targets: [name] }),
      await world.create({ name: 'Disk full', group: 'b', targets: [name] }),
    ];
    await expect(update(others[0]!, { name: 'Disk full' })).rejects.toMatchObject({ code: 'conflict' });

    await world.gateway.request(deleteRule, { id: first.id, actor: ACTOR });
    others.push(await world.create({ name: 'Disk full', targets: [name] }));
    for (const { id } of others) await world.gateway.request(deleteRule, { id, actor: ACTOR });
  });

  it('let one of many parallel changes of a version win', async () => {
    const rule = await world.create({ targets: [(await world.cluster()).id] });
    const outcomes = await Promise.allSettled(
      [1, 2, 3, 4, 5, 6].map((threshold) => update(rule, { expression: `up < ${threshold}` }, 1)),
    );

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'conflict' });
    expect((await world.gateway.request(getRule, { id: rule.id })).version).toBe(2);
    expect(
      (await world.gateway.request(listRuleVersions, { id: rule.id })).items.map(({ version }) => version),
    ).toEqual([2, 1]);
  });

  it('get no new version and cause no event when nothing changed', async () => {
    const rule = await world.create({ targets: [(await world.cluster()).id], labels: { b: '1', a: '2' } });
    expect(await update(rule, { labels: { a: '2', b: '1' }, group: 'alertagent' })).toEqual(rule);
    const changed = await update(rule, { labels: {}, duration: '30m' });
    expect(changed.version).toBe(2);
    await pollUntil(async () => (await published(rule)).some(({ version }) => version === 2), {
      what: 'the event of the real change',
    });
    // Others wait for the new version to fire: they must know how long it takes.
    expect((await published(rule)).map(({ version, duration }) => [version, duration])).toEqual([
      [1, rule.duration ?? null],
      [2, '30m'],
    ]);
  });

  it('are withdrawn from clusters they no longer target, which is remembered', async () => {
    const [a, b] = [await world.cluster(), await world.cluster()];
    const rule = await world.create({ targets: [a.id, b.id] });
    await update(rule, { targets: [b.id] });

    const events = await pollUntil(async () => ((await withdrawn(rule)).length > 0 ? withdrawn(rule) : null), {
      what: 'the withdrawal',
    });
    expect(events).toMatchObject([{ cluster_id: a.id, deleted: false }]);
    expect(await world.gateway.request(getClusterRules, { id: a.id })).toMatchObject({
      rules: [],
      withdrawn_rule_ids: [rule.id],
    });
    await update(rule, { targets: [a.id, b.id] });
    expect(await world.gateway.request(getClusterRules, { id: a.id })).toMatchObject({
      rules: [{ rule_id: rule.id }],
      withdrawn_rule_ids: [],
    });
  });

  it('disappear from lists when deleted, while their removal can be followed', async () => {
    const cluster = await world.cluster();
    const rule = await world.create({ targets: [cluster.id] });
    await expect(
      world.gateway.request(deleteRule, { id: rule.id, expected_version: 9, actor: ACTOR }),
    ).rejects.toMatchObject({ code: 'conflict' });
    await world.gateway.request(deleteRule, { id: rule.id, expected_version: 1, actor: ACTOR });

    await expect(world.gateway.request(getRule, { id: rule.id })).rejects.toMatchObject({ code: 'not_found' });
    await expect(update(rule, {})).rejects.toMatchObject({ code: 'not_found' });
    expect(await world.targets(rule.id)).toMatchObject([{ cluster_id: cluster.id, status: 'removing' }]);
    expect((await world.gateway.request(listRules, { cluster_id: cluster.name })).items).toEqual([]);
    expect(
      (await world.gateway.request(listRuleVersions, { id: rule.id })).items.map(
        ({ change, author }) => `${change} by ${author}`,
      ),
    ).toEqual(['deleted by ada', 'created by ada']);
    const events = await pollUntil(async () => ((await withdrawn(rule)).length > 0 ? withdrawn(rule) : null), {
      what: 'the withdrawal',
    });
    expect(events).toMatchObject([{ cluster_id: cluster.id, deleted: true }]);
  });

  it('are listed newest first, page by page, by name, group, severity and cluster', async () => {
    const cluster = await world.cluster();
    const rules: RuleView[] = [];
    for (const name of ['Q_one', 'q%two', 'ÄQ three'])
      rules.push(await world.create({ name, group: 'paged', severity: name.slice(0, 1), targets: [cluster.id] }));
    const list = async (query: object) => world.gateway.request(listRules, { group: 'paged', ...query });

    const first = await list({ limit: 2 });
    expect(first.items.map(({ name }) => name)).toEqual(['ÄQ three', 'q%two']);
    const second = await list({ limit: 2, cursor: first.next_cursor });
    expect(second).toMatchObject({ items: [{ name: 'Q_one' }], next_cursor: null });
    expect((await list({ name: 'Q_' })).items.map(({ name }) => name)).toEqual(['Q_one']);
    expect((await list({ name: '%' })).items.map(({ name }) => name)).toEqual(['q%two']);
    expect((await list({ name: 'äq' })).items.map(({ name }) => name)).toEqual(['ÄQ three']);
    expect((await list({ severity: 'q' })).items.map(({ name }) => name)).toEqual(['q%two']);
    expect((await list({ cluster_id: cluster.name })).items).toHaveLength(3);
    expect((await list({ cluster_id: 'elsewhere' })).items).toEqual([]);
    await expect(list({ cursor: 'nonsense' })).rejects.toMatchObject({
      code: 'invalid',
      errors: [{ pointer: '/cursor' }],
    });
  });

  it('follow the labels of clusters that come and change, whatever the order of the news', async () => {
    const zone = `z${Math.random()}`;
    const rule = await world.create({ targets: [{ labels: { zone } }] });
    expect(await world.targets(rule.id)).toEqual([]);

    const cluster = await world.cluster({ zone });
    await pollUntil(async () => (await world.targets(rule.id)).length === 1, { what: 'the new cluster is a target' });
    await world.relabel(cluster.id, { zone: 'other' });
    await pollUntil(async () => (await world.targets(rule.id))[0]?.status === 'removing', {
      what: 'the rule is withdrawn',
    });

    // Old news, delivered late under another message id.
    const stale = {
      cluster_id: cluster.id,
      name: cluster.name,
      labels: { zone },
      version: 1,
      changed_at: '2030-01-01T00:00:00.000Z',
    };
    await world.clustersPeer.publish(clusterRegistered, stale);
    const marker = await world.cluster({ zone });
    await pollUntil(async () => (await world.targets(rule.id)).some(({ cluster_id }) => cluster_id === marker.id), {
      what: 'the later cluster',
    });
    expect((await world.targets(rule.id)).find(({ cluster_id }) => cluster_id === cluster.id)?.status).toBe('removing');
  });

  it('stay on a cluster that was named one by one when its labels change', async () => {
    const cluster = await world.cluster({ zone: 'a' });
    const rule = await world.create({ targets: [cluster.name, { labels: { zone: 'a' } }] });
    await world.relabel(cluster.id, { zone: 'b' });
    const marker = await world.cluster({ zone: 'a' });
    await pollUntil(async () => (await world.targets(rule.id)).some(({ cluster_id }) => cluster_id === marker.id), {
      what: 'the later cluster',
    });
    expect((await world.targets(rule.id)).find(({ cluster_id }) => cluster_id === cluster.id)?.status).toBe('pending');
  });

  it('have no targets on a retired cluster, not even when news from before arrives late', async () => {
    const zone = `z${Math.random()}`;
    const cluster = await world.cluster({ zone });
    const rule = await world.create({ targets: [{ labels: { zone } }] });
    await world.clustersPeer.publish(clusterRetired, {
      cluster_id: cluster.id,
      name: cluster.name,
      retired_at: '2030-01-01T00:00:00.000Z',
    });
    await pollUntil(async () => (await world.targets(rule.id)).length === 0, { what: 'the distribution ended' });

    await world.relabel(cluster.id, { zone });
    const marker = await world.cluster({ zone });
    await pollUntil(async () => (await world.targets(rule.id)).length === 1, { what: 'the later cluster' });
    expect(await world.targets(rule.id)).toMatchObject([{ cluster_id: marker.id }]);
  });

  it('are withdrawn from a cluster that takes none any more, also where they name it, and come there no more', async () => {
    const zone = `z${Math.random()}`;
    const cluster = await world.cluster({ zone });
    const named = await world.create({ targets: [cluster.name] });
    const selected = await world.create({ targets: [{ labels: { zone } }] });
    await world.closeForRules(cluster.id);
    for (const rule of [named, selected]) await world.until(rule.id, 'removing');
    expect(await world.gateway.request(getClusterRules, { id: cluster.id })).toMatchObject({
      rules: [],
      withdrawn_rule_ids: [named.id, selected.id].sort(),
    });
    expect(await world.targets((await world.create({ targets: [{ labels: { zone } }] })).id)).toEqual([]);
    await expect(world.create({ targets: [cluster.id] })).rejects.toMatchObject({ code: 'conflict' });

    const revision = await world.publishRevision(cluster.id, []);
    await world.apply(cluster.id, { revision, rules: [] });
    for (const rule of [named, selected]) await world.until(rule.id, 'removed');
  });

  it('leave an audit record that holds together', async () => {
    const rule = await world.create({ targets: [(await world.cluster()).id] });
    const { items } = await world.gateway.request(serviceOperations.rules.listAudit, { limit: 1 });
    expect(items).toMatchObject([
      { action: 'rule.created', resource_id: rule.id, actor: ACTOR, after: { version: 1 } },
    ]);
    expect(await world.gateway.request(serviceOperations.rules.verifyAudit, {})).toMatchObject({ ok: true });
  });
});
