import {
  clusterRulesChanged,
  createRule,
  deleteRule,
  deleteRuleGroup,
  getClusterRules,
  getRule,
  getRuleDistribution,
  getRuleGroup,
  getRuleOnCluster,
  listRuleGroups,
  listRules,
  listRuleVersions,
  restoreRule,
  rulePublished,
  saveRuleGroup,
  updateRule,
  type ListRules,
  type RuleGroupInput,
  type RuleInput,
  type RuleView,
} from '@alertagent/contracts';
import { pollUntil, sharedStack, type NatsServer } from '@alertagent/local-stack';
import { ACTOR, ruleInput, RulesWorld, shown } from './rules-world';

const stack = sharedStack();
let nats: NatsServer;

beforeAll(async () => {
  nats = await stack.startTestNats();
}, 120_000);
afterAll(() => stack.close());

describe.each(stack.testDatabaseUrls())('the rule model on $name', (database) => {
  let world: RulesWorld;

  beforeAll(async () => {
    world = await RulesWorld.start(nats, database);
  }, 120_000);
  afterAll(() => world.close());

  const update = (rule: RuleView, changes: Partial<RuleInput>, expected_version?: number) => {
    const { id, version: _v, created_at: _c, updated_at: _u, deleted_at: _d, ...input } = rule;
    return world.gateway.request(updateRule, { id, rule: { ...input, ...changes }, expected_version, actor: ACTOR });
  };
  const onCluster = async (id: string) => world.gateway.request(getClusterRules, { id });
  const saveGroup = (
    group: RuleGroupInput,
    save: 'create' | 'replace' | 'either' = 'either',
    expected_version?: number,
  ) => world.gateway.request(saveRuleGroup, { group, save, expected_version, actor: ACTOR });
  const news = async (clusterId: string) =>
    (await world.config.events(clusterRulesChanged)).filter(({ cluster_id }) => cluster_id === clusterId);

  describe('everything a rule file can say', () => {
    it('is kept, shown and handed to the renderer', async () => {
      const cluster = await world.cluster();
      const written: RuleInput = {
        kind: 'recording',
        name: 'job:up:sum',
        namespace: 'team/a.yml',
        group: 'sums',
        position: 7,
        expression: 'sum by (job) (up{tier="${tier}"})',
        labels: { 'odd-name': 'x', team: '' },
        owner: 'platform',
        description: 'How many are up.\nPer job.',
        enabled: true,
        targets: [cluster.id],
        parameters: { tier: 'web' },
        overrides: [{ target: cluster.name, parameters: { tier: 'db' } }],
      };
      const rule = await world.create(written);
      expect(rule).toMatchObject(written);
      expect(await world.gateway.request(getRule, { id: rule.id })).toEqual(rule);
      const { rules, groups } = await onCluster(cluster.id);
      expect(groups).toEqual([]);
      expect(rules).toEqual([
        expect.objectContaining({
          kind: 'recording',
          namespace: 'team/a.yml',
          group: 'sums',
          position: 7,
          expression: 'sum by (job) (up{tier="db"})',
          labels: { 'odd-name': 'x', team: '' },
          overridden: true,
        }),
      ]);
    });

    it('has the runbook as an annotation, and nothing else that Prometheus does not know', async () => {
      const cluster = await world.cluster();
      await world.create({ owner: 'x', description: 'y', runbook: 'https://run.book/a', targets: [cluster.id] });
      const [rule] = (await onCluster(cluster.id)).rules;
      expect([rule?.annotations, rule?.labels]).toEqual([{ runbook_url: 'https://run.book/a' }, {}]);
      await expect(
        world.create({ runbook: 'https://a', annotations: { runbook_url: 'https://b' }, targets: [cluster.id] }),
      ).rejects.toMatchObject({ code: 'invalid', errors: [{ pointer: '/runbook' }] });
    });

    it('is refused where a recording rule cannot have it', async () => {
      const { id } = await world.cluster();
      await expect(world.create({ kind: 'recording', duration: '5m', targets: [id] })).rejects.toMatchObject({
        code: 'invalid',
        errors: [{ pointer: '/duration' }],
      });
    });

    it('stands in the order of its author; a rule without a place comes last and keeps its place', async () => {
      const cluster = await world.cluster();
      const group = `order-${Math.random()}`;
      const rules: RuleView[] = [];
      for (const name of ['c', 'a', 'b']) rules.push(await world.create({ name, group, targets: [cluster.id] }));
      await update(rules[2]!, { position: 0 });
      const changed = await update(rules[1]!, { position: undefined, duration: '5m' });
      expect(changed.position).toBe(1);
      const placed = (await onCluster(cluster.id)).rules.map(({ name, position }) => [name, position]);
      expect(placed.sort()).toEqual([
        ['a', 1],
        ['b', 0],
        ['c', 0],
      ]);
    });

    it('may hold a name twice where severity or labels differ, and the same rule twice only when it is told', async () => {
      const { id } = await world.cluster();
      const same = { name: 'Twice', group: `twice-${Math.random()}`, targets: [id] };
      await world.create({ ...same, severity: 'warning' });
      await world.create({ ...same, severity: 'critical' });
      await world.create({ ...same, severity: 'critical', labels: { a: 'b' } });
      await expect(world.create({ ...same, severity: 'critical', expression: 'up' })).rejects.toMatchObject({
        code: 'conflict',
      });
      for (const expected of [4, 5]) {
        const rule = ruleInput({ ...same, severity: 'critical' });
        const twin = await world.gateway.request(createRule, { rule, allow_duplicate: true, actor: ACTOR });
        // A twin can be changed like any other.
        await update(twin, { duration: '1m' });
        expect((await world.gateway.request(listRules, { group: same.group })).items).toHaveLength(expected);
      }
    });
  });

  describe('enabled', () => {
    it('a disabled rule is withdrawn from its clusters and kept', async () => {
      const cluster = await world.cluster();
      const rule = await world.create({ targets: [cluster.id] });
      const disabled = await update(rule, { enabled: false });
      expect(disabled.enabled).toBe(false);
      expect(await world.targets(rule.id)).toMatchObject([{ status: 'removing' }]);
      expect(await onCluster(cluster.id)).toMatchObject({ rules: [], withdrawn_rule_ids: [rule.id] });
      await update(disabled, { enabled: true });
      expect((await onCluster(cluster.id)).rules).toMatchObject([{ rule_id: rule.id, version: 3 }]);
    });

    it('an override disables it on some clusters only, and follows their labels', async () => {
      const zone = `z${Math.random()}`;
      const [quiet, loud] = [await world.cluster({ zone, quiet: 'yes' }), await world.cluster({ zone })];
      await pollUntil(
        async () => (await world.targets((await world.create({ targets: [{ labels: { zone } }] })).id)).length === 2,
        { what: 'both clusters are known' },
      );
      const rule = await world.create({
        targets: [{ labels: { zone } }],
        overrides: [{ target: { labels: { quiet: 'yes' } }, enabled: false }],
      });
      expect((await world.targets(rule.id)).map(({ cluster_id }) => cluster_id)).toEqual([loud.id]);
      expect(await world.gateway.request(getRuleOnCluster, { id: rule.id, cluster: quiet.name })).toMatchObject({
        runs: false,
        reason: 'an override disables it there',
      });
      await world.relabel(quiet.id, { zone });
      await pollUntil(async () => (await world.targets(rule.id)).length === 2, { what: 'it runs there as well' });
    });
  });

  describe('overrides', () => {
    it('are seen as such, field by field, with the place each comes from', async () => {
      const cluster = await world.cluster({ size: 'big' });
      const rule = await world.create({
        expression: 'disk > ${limit}',
        duration: '${minutes}m',
        severity: 'warning',
        annotations: { summary: 'over ${limit}' },
        parameters: { limit: 80, minutes: 5 },
        targets: [cluster.id],
        overrides: [
          { target: { labels: { size: 'big' } }, parameters: { limit: 90 } },
          { target: { labels: { size: 'small' } }, severity: 'info' },
          { target: cluster.name, severity: 'critical', labels: { page: 'yes' } },
        ],
      });
      await pollUntil(
        async () => (await world.gateway.request(getRuleOnCluster, { id: rule.id, cluster: cluster.id })).runs,
        {
          what: 'the cluster is known',
        },
      );
      const there = await world.gateway.request(getRuleOnCluster, { id: rule.id, cluster: cluster.name });
      expect(there).toMatchObject({
        cluster_id: cluster.id,
        runs: true,
        reason: null,
        rule: {
          expression: 'disk > 90',
          duration: '5m',
          severity: 'critical',
          labels: { page: 'yes' },
          annotations: { summary: 'over 90' },
        },
        overridden: [
          { field: '/parameters/limit', source: '/overrides/0', value: 80, instead: 90 },
          { field: '/severity', source: '/overrides/2', value: 'warning', instead: 'critical' },
          { field: '/labels/page', source: '/overrides/2', value: null, instead: 'yes' },
        ],
      });
    });

    it('that other labels of a cluster bring or take make its file look different, and config is told', async () => {
      const cluster = await world.cluster({ size: 'big' });
      const overrides = [{ target: { labels: { size: 'big' } }, duration: '9m' }];
      await world.create({ duration: '1m', targets: [cluster.id], overrides });
      await pollUntil(async () => (await onCluster(cluster.id)).rules[0]?.duration === '9m', { what: 'the override' });
      await world.relabel(cluster.id, { size: 'small' });
      await pollUntil(async () => (await news(cluster.id)).length > 0, { what: 'the news' });
      expect((await onCluster(cluster.id)).rules).toMatchObject([{ duration: '1m' }]);
    });

    it.each<[string, Partial<RuleInput>, string]>([
      ['an unknown cluster', { overrides: [{ target: 'nowhere', enabled: true }] }, '/overrides/0/target'],
      [
        'a parameter nobody declared',
        { overrides: [{ target: { labels: { a: 'b' } }, parameters: { x: 1 } }] },
        '/overrides/0/parameters/x',
      ],
      ['a bad duration', { overrides: [{ target: { labels: { a: 'b' } }, duration: '5 minutes' }] }, '/overrides/0'],
      [
        'a value that breaks the expression',
        {
          expression: 'up == ${x}',
          parameters: { x: '0' },
          overrides: [{ target: { labels: { a: 'b' } }, parameters: { x: '(' } }],
        },
        '/overrides/0',
      ],
      ['a placeholder nobody declared', { expression: 'up == ${x}' }, '/expression'],
    ])('are refused for %s', async (_what, changes, pointer) => {
      const { id } = await world.cluster();
      await expect(world.create({ targets: [id], ...changes })).rejects.toMatchObject({
        code: 'invalid',
        errors: expect.arrayContaining([expect.objectContaining({ pointer })]) as unknown[],
      });
    });
  });

  describe('groups', () => {
    it('are made by their first rule, have settings of their own, and tell the clusters that have them', async () => {
      const cluster = await world.cluster();
      const names = { namespace: 'n', name: `g-${Math.random()}` };
      await world.create({ namespace: 'n', group: names.name, targets: [cluster.id] });
      const [made] = (await world.gateway.request(listRuleGroups, names)).items;
      expect(made).toMatchObject({ ...names, rules: 1, interval: null, limit: null, labels: {}, version: 1 });

      const settings = { interval: '15s', limit: 10, query_offset: '1m', labels: { tier: 'x' } };
      const saved = await saveGroup({ ...names, ...settings }, 'replace', 1);
      expect(saved).toMatchObject({ id: made?.id, ...settings, version: 2 });
      expect(await saveGroup({ ...names, ...settings })).toEqual(saved);
      await pollUntil(async () => (await news(cluster.id)).length > 0, { what: 'the news' });
      expect((await onCluster(cluster.id)).groups).toEqual([{ ...names, ...settings }]);
      await expect(saveGroup(names, 'replace', 1)).rejects.toMatchObject({
        code: 'conflict',
        errors: [{ code: 'version_mismatch' }],
      });
      await expect(saveGroup(names, 'create')).rejects.toMatchObject({ code: 'conflict' });
    });

    it('can be deleted when they are empty, and not before', async () => {
      const cluster = await world.cluster();
      const rule = await world.create({ group: `g-${Math.random()}`, targets: [cluster.id] });
      const [group] = (await world.gateway.request(listRuleGroups, { namespace: '', name: rule.group })).items;
      const remove = () => world.gateway.request(deleteRuleGroup, { id: group!.id, actor: ACTOR });
      await expect(remove()).rejects.toMatchObject({ code: 'conflict' });
      await world.gateway.request(deleteRule, { id: rule.id, actor: ACTOR });
      await remove();
      await expect(world.gateway.request(getRuleGroup, { id: group!.id })).rejects.toMatchObject({ code: 'not_found' });
    });

    it.each<[string, Partial<RuleGroupInput>, string]>([
      ['an interval of nothing', { interval: '0s' }, '/interval'],
      ['an offset that is none', { query_offset: '1.5h' }, '/query_offset'],
      ['the name of a series', { labels: { __name__: 'x' } }, '/labels/__name__'],
    ])('are refused with %s', async (_what, changes, pointer) => {
      await expect(saveGroup({ name: 'bad', ...changes })).rejects.toMatchObject({ errors: [{ pointer }] });
    });

    it('cannot be called so that a file would mix two of them up', async () => {
      const { id } = await world.cluster();
      await world.create({ namespace: 'mixed', group: 'up', targets: [id] });
      await expect(world.create({ group: 'mixed/up', targets: [id] })).rejects.toMatchObject({
        code: 'conflict',
        errors: [{ pointer: '/group' }],
      });
    });
  });

  describe('a Prometheus too old for a rule', () => {
    const says = (clusterId: string, version: string | null, kind: 'prometheus' | 'vmalert' = 'prometheus') =>
      world.say(clusterId, { target: { healthy: true, kind, version } });
    const status = async (rule: RuleView, clusterId: string) =>
      (await world.gateway.request(getRuleDistribution, { id: rule.id })).targets.find(
        ({ cluster_id }) => cluster_id === clusterId,
      );

    it('is spared that rule with the reason, keeps the version it can load, and gets the new one once it is upgraded', async () => {
      const [old, unknown] = [await world.cluster(), await world.cluster()];
      const group = `gated-${Math.random()}`;
      const rule = await world.create({ group, targets: [old.id, unknown.id] });
      await says(old.id, '2.41.0');
      await pollUntil(async () => (await news(old.id)).length === 1, { what: 'the version is known' });
      const changed = await update(rule, { keep_firing_for: '5m' });

      expect(await status(changed, old.id)).toMatchObject({
        status: 'failed',
        version: 2,
        reason: expect.stringMatching(/keep_firing_for.*2\.42/) as string,
      });
      expect(await status(changed, unknown.id)).toMatchObject({ status: 'pending' });
      expect((await onCluster(unknown.id)).rules).toMatchObject([{ version: 2 }]);
      expect((await onCluster(old.id)).rules).toMatchObject([{ version: 1, keep_firing_for: null }]);

      await says(old.id, '3.5.0');
      await pollUntil(async () => (await news(old.id)).length === 2, { what: 'the new version is known' });
      expect(await status(changed, old.id)).toMatchObject({ status: 'pending' });
      expect((await onCluster(old.id)).rules).toMatchObject([{ version: 2, keep_firing_for: '5m' }]);
    });

    it('may lose what it never could load, and the whole of a group whose settings it does not know', async () => {
      const cluster = await world.cluster();
      const group = `gated-${Math.random()}`;
      const rule = await world.create({ group, targets: [cluster.id] });
      await says(cluster.id, 'v1.145.0', 'vmalert');
      await pollUntil(async () => (await news(cluster.id)).length === 1, { what: 'the version is known' });
      await saveGroup({ name: group, query_offset: '1m' });
      expect(await onCluster(cluster.id)).toMatchObject({ rules: [], groups: [], withdrawn_rule_ids: [rule.id] });
      expect(await status(rule, cluster.id)).toMatchObject({
        status: 'failed',
        reason: expect.stringContaining('vmalert does not know') as string,
      });
      expect(await world.gateway.request(getRuleOnCluster, { id: rule.id, cluster: cluster.id })).toMatchObject({
        runs: false,
      });
    });
  });

  describe('recording rules', () => {
    it('are live when the member shows them in that version', async () => {
      const cluster = await world.cluster();
      const rule = await world.create({
        kind: 'recording',
        name: 'a:b',
        group: `r-${Math.random()}`,
        targets: [cluster.id],
      });
      const revision = await world.publishRevision(cluster.id, [rule]);
      await world.apply(cluster.id, { revision, rules: [shown(rule)] });
      await world.until(rule.id, 'live');
    });
  });

  describe('deleted rules', () => {
    it('are listed, and come back with all they had as their next version', async () => {
      const cluster = await world.cluster();
      const rule = await world.create({ targets: [cluster.id], labels: { a: 'b' }, position: 3 });
      await world.gateway.request(deleteRule, { id: rule.id, actor: ACTOR });
      const listed = await world.gateway.request(listRules, { deleted: true, name: rule.name });
      expect(listed.items).toMatchObject([{ id: rule.id, deleted_at: expect.any(String) as string }]);

      const restored = await world.gateway.request(restoreRule, { id: rule.id, actor: ACTOR });
      expect(restored).toEqual({ ...rule, version: 3, updated_at: restored.updated_at });
      expect((await onCluster(cluster.id)).rules).toMatchObject([{ rule_id: rule.id, version: 3 }]);
      const { items } = await world.gateway.request(listRuleVersions, { id: rule.id });
      expect(items.map(({ change }) => change)).toEqual(['restored', 'deleted', 'created']);
      const events = await pollUntil(
        async () =>
          (await world.gateway.events(rulePublished)).find((one) => one.rule_id === rule.id && one.version === 3),
        { what: 'its publication' },
      );
      expect(events.cluster_id).toBe(cluster.id);
    });

    it('do not come back twice, nor beside one that took their place', async () => {
      const { id } = await world.cluster();
      const rule = await world.create({ targets: [id] });
      const restore = () => world.gateway.request(restoreRule, { id: rule.id, actor: ACTOR });
      await expect(restore()).rejects.toMatchObject({ code: 'conflict' });
      await world.gateway.request(deleteRule, { id: rule.id, actor: ACTOR });
      await world.create({ name: rule.name, targets: [id] });
      await expect(restore()).rejects.toMatchObject({ code: 'conflict', errors: [{ code: 'not_unique' }] });
    });
  });

  describe('the list', () => {
    const group = `search-${Math.random()}`;
    const list = async (query: Partial<ListRules>) =>
      (await world.gateway.request(listRules, { group, ...query })).items.map(({ name }) => name);

    beforeAll(async () => {
      const { id } = await world.cluster();
      const write = (name: string, changes: Partial<RuleInput>) =>
        world.create({ name, group, targets: [id], ...changes });
      await write('Alpha', { labels: { team: 'web', tier: '1' }, severity: 'critical', owner: 'ann' });
      await write('beta', { labels: { team: 'db' }, namespace: 'n', expression: 'node_load1 > 5', enabled: false });
      await write('a:gamma', { kind: 'recording', labels: { team: 'we"b' }, annotations: {} });
      await write('Delta', { labels: { note: '"team":"web"' }, annotations: { summary: 'Über %' } });
    });

    it.each<[string, Partial<ListRules>, string[]]>([
      ['kind', { kind: 'recording' }, ['a:gamma']],
      ['namespace', { namespace: 'n' }, ['beta']],
      ['owner', { owner: 'ann' }, ['Alpha']],
      ['enabled', { enabled: false }, ['beta']],
      ['text in the expression', { text: 'NODE_load' }, ['beta']],
      ['text in an annotation', { text: 'über %' }, ['Delta']],
      ['text in a label', { text: 'we"b' }, ['a:gamma']],
      ['a label', { labels: 'team="web"' }, ['Alpha']],
      ['a label with quotes', { labels: 'team="we\\"b"' }, ['a:gamma']],
      ['a regular expression', { labels: 'team=~"web|db"' }, ['beta', 'Alpha']],
      ['labels that are not there', { labels: 'team="",tier!="1"' }, ['Delta']],
      ['severity, which is a label', { labels: 'severity="critical",team=~".+"' }, ['Alpha']],
    ])('can be narrowed down by %s', async (_what, query, names) => {
      expect(await list(query)).toEqual(names);
    });

    it('tells rules of the same labels apart by their severity', async () => {
      const own = `severities-${Math.random()}`;
      const { id } = await world.cluster();
      for (const severity of ['info', 'critical'])
        await world.create({ name: severity, group: own, targets: [id], labels: { team: 'web' }, severity });
      expect(await list({ group: own, labels: 'severity=~"crit.*"' })).toEqual(['critical']);
      expect(await list({ group: own, labels: 'severity!~"crit.*"' })).toEqual(['info']);
    });

    it.each<[NonNullable<ListRules['sort']>, string[]]>([
      ['created', ['Alpha', 'beta', 'a:gamma', 'Delta']],
      ['name', ['a:gamma', 'Alpha', 'beta', 'Delta']],
      ['-name', ['Delta', 'beta', 'Alpha', 'a:gamma']],
      ['-updated', ['Delta', 'a:gamma', 'beta', 'Alpha']],
      ['group', ['Alpha', 'a:gamma', 'Delta', 'beta']],
    ])('comes sorted by %s, page by page', async (sort, names) => {
      const seen: string[] = [];
      let cursor: string | null | undefined;
      do {
        const page = await world.gateway.request(listRules, { group, sort, limit: 3, cursor });
        seen.push(...page.items.map(({ name }) => name));
        cursor = page.next_cursor;
      } while (cursor);
      expect(seen).toEqual(names);
    });

    it('refuses a cursor of another order, and matchers it cannot read, at their place', async () => {
      const { next_cursor } = await world.gateway.request(listRules, { group, sort: 'name', limit: 1 });
      await expect(list({ sort: '-name', cursor: next_cursor })).rejects.toMatchObject({
        errors: [{ pointer: '/cursor' }],
      });
      await expect(list({ labels: 'team=~"("' })).rejects.toMatchObject({ errors: [{ pointer: '/labels' }] });
    });
  });

  it('a change that expects another version is refused as such', async () => {
    const rule = await world.create({ targets: [(await world.cluster()).id] });
    await expect(update(rule, { duration: '1m' }, 5)).rejects.toMatchObject({
      code: 'conflict',
      errors: [{ code: 'version_mismatch' }],
    });
  });
});
