import {
  createApprovalPolicy,
  createRuleBatch,
  decideRuleApproval,
  deleteApprovalPolicy,
  deleteRule,
  getClusterRules,
  getRule,
  getRuleDistribution,
  listApprovalPolicies,
  listRuleApprovals,
  restoreRuleVersion,
  saveRuleGroup,
  serviceOperations,
  updateApprovalPolicy,
  updateRule,
  type Actor,
  type DecideRuleApproval,
  type RuleApprovalView,
  type RuleView,
} from '@alertagent/contracts';
import { pollUntil, sharedStack, type NatsServer } from '@alertagent/local-stack';
import { ACTOR, ruleInput, RulesWorld } from './rules-world';

const stack = sharedStack();
let nats: NatsServer;

beforeAll(async () => {
  nats = await stack.startTestNats();
}, 120_000);
afterAll(() => stack.close());

const GRACE: Actor = { kind: 'token', id: 'token-2', name: 'grace' };
const EDSGER: Actor = { kind: 'token', id: 'token-3', name: 'edsger' };
/** Rules with this label need a second person in these tests. */
const POLICED = { tier: 'payment' };

describe.each(stack.testDatabaseUrls())('versions that a second person has to approve, on $name,', (database) => {
  let world: RulesWorld;

  beforeAll(async () => {
    world = await RulesWorld.start(nats, database);
    const policy = { name: 'payment', matchers: ['tier="payment"'] };
    await world.gateway.request(createApprovalPolicy, { policy, actor: EDSGER });
  }, 120_000);
  afterAll(() => world.close());

  const update = (rule: RuleView, changes: object, actor = ACTOR) =>
    world.gateway.request(updateRule, {
      id: rule.id,
      rule: { ...ruleInput(), name: rule.name, targets: rule.targets, labels: rule.labels, ...changes },
      actor,
    });
  const approvals = async (rule: RuleView) =>
    (await world.gateway.request(listRuleApprovals, { rule_id: rule.id })).items;
  const newest = async (rule: RuleView): Promise<RuleApprovalView> => {
    const [first] = await approvals(rule);
    if (!first) throw new Error('nothing waits');
    return first;
  };
  const decide = async (rule: RuleView, changes: Partial<DecideRuleApproval> = {}) =>
    world.gateway.request(decideRuleApproval, {
      id: (await newest(rule)).id,
      decision: 'approve',
      role: 'operator',
      actor: GRACE,
      ...changes,
    });
  const runs = async (cluster: { id: string }, rule: RuleView) =>
    (await world.gateway.request(getClusterRules, { id: cluster.id })).rules.find(({ rule_id }) => rule_id === rule.id);
  const held = async ({ id }: RuleView) => (await world.gateway.request(getRuleDistribution, { id })).held;
  /** A policed rule whose first version was approved, and runs on its cluster. */
  const approvedRule = async (changes: object = {}) => {
    const cluster = await world.cluster();
    const rule = await world.create({ targets: [cluster.id], labels: POLICED, ...changes });
    await decide(rule);
    return { cluster, rule };
  };

  it('are not distributed before, and are distributed when they are approved', async () => {
    const cluster = await world.cluster();
    const rule = await world.create({ targets: [cluster.id], labels: POLICED, reason: 'new shop' });

    expect(await world.targets(rule.id)).toEqual([]);
    const { id } = await newest(rule);
    const waits = `version 1 waits for a second person: see /api/v1/rule-approvals/${id}`;
    expect(await held(rule)).toEqual([{ by: 'approval', version: 1, reason: waits, approval_id: id }]);
    expect(await runs(cluster, rule)).toBeUndefined();
    expect(await approvals(rule)).toMatchObject([
      {
        version: 1,
        change: 'created',
        state: 'pending',
        placed_version: null,
        authors: ['ada'],
        policies: ['payment'],
        reason: 'new shop',
      },
    ]);
    expect(await decide(rule, { reason: 'looks right' })).toMatchObject({
      state: 'approved',
      decided_by: 'grace',
      decision_reason: 'looks right',
    });
    expect(await runs(cluster, rule)).toMatchObject({ version: 1, expression: 'up == 0' });
    expect(await world.targets(rule.id)).toMatchObject([{ version: 1, status: 'pending' }]);
    expect(await held(rule)).toEqual([]);
  });

  it('wait in a batch too, beside rules that do not wait and rules that do not change', async () => {
    const cluster = await world.cluster();
    const made: RuleView[] = [];
    for (const changes of [{}, { labels: { owner: 'web' } }, {}])
      made.push(await world.create({ targets: [cluster.id], ...changes }));
    const [free, same, policed] = made as [RuleView, RuleView, RuleView];
    await update(policed, { labels: POLICED });
    await decide(policed);

    const batch = { operation: 'relabel', set_labels: { owner: 'web' }, rule_ids: made.map(({ id }) => id) } as const;
    const done = await world.gateway.request(createRuleBatch, { batch, actor: ACTOR });
    expect(done.items.map(({ status, version }) => [status, version])).toEqual([
      ['done', 2],
      ['unchanged', 1],
      ['done', 3],
    ]);
    expect(await runs(cluster, free)).toMatchObject({ version: 2 });
    expect(await runs(cluster, same)).toMatchObject({ version: 1 });
    expect(await runs(cluster, policed)).toMatchObject({ version: 2 });
    expect(await newest(policed)).toMatchObject({ version: 3, state: 'pending', placed_version: 2 });
  });

  it('leave the approved version in place, also on clusters that come or go meanwhile', async () => {
    const zone = `zone-${Math.random()}`;
    const first = await world.cluster({ zone });
    const { rule } = await approvedRule({ targets: [{ labels: { zone } }] });
    await update(rule, { expression: 'up == 1', targets: [{ labels: { zone: 'nowhere' } }] });

    expect(await runs(first, rule)).toMatchObject({ version: 1, expression: 'up == 0' });
    const second = await world.cluster({ zone });
    await pollUntil(() => runs(second, rule), { what: 'the approved version on the new cluster' });
    expect(await runs(second, rule)).toMatchObject({ version: 1, expression: 'up == 0' });

    await decide(rule);
    expect(await runs(first, rule)).toBeUndefined();
    expect(await runs(second, rule)).toBeUndefined();
  });

  it('are refused an approval by their author, by a namesake, and by everybody who changed the rule since', async () => {
    const { rule, cluster } = await approvedRule();
    await update(rule, { expression: 'up == 1' }, GRACE);
    await update(rule, { expression: 'up == 2' });

    for (const actor of [ACTOR, { ...ACTOR, id: 'another-token' }, GRACE])
      await expect(decide(rule, { actor, role: 'admin' })).rejects.toMatchObject({ code: 'forbidden' });
    expect(await runs(cluster, rule)).toMatchObject({ version: 1 });
    await decide(rule, { actor: EDSGER });
    expect(await runs(cluster, rule)).toMatchObject({ version: 3, expression: 'up == 2' });
  });

  it('are superseded by a newer change, and then cannot be approved', async () => {
    const { rule, cluster } = await approvedRule();
    await update(rule, { expression: 'up == 1' });
    const old = await newest(rule);
    await update(rule, { expression: 'up == 2' });

    await expect(decide(rule, { id: old.id })).rejects.toMatchObject({ code: 'conflict' });
    await expect(decide(rule, { content_hash: old.content_hash })).rejects.toMatchObject({ code: 'conflict' });
    expect((await approvals(rule)).map(({ version, state }) => [version, state])).toEqual([
      [3, 'pending'],
      [2, 'superseded'],
      [1, 'approved'],
    ]);
    await decide(rule, { content_hash: (await newest(rule)).content_hash });
    expect(await runs(cluster, rule)).toMatchObject({ version: 3 });
  });

  it('are decided once, however many decide at the same time', async () => {
    const { rule, cluster } = await approvedRule();
    await update(rule, { expression: 'up == 1' });
    const { id } = await newest(rule);
    const outcomes = await Promise.allSettled([
      decide(rule, { id }),
      decide(rule, { id, actor: EDSGER }),
      decide(rule, { id, actor: EDSGER, decision: 'reject', reason: 'too noisy' }),
    ]);

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'conflict' });
    const { state } = await newest(rule);
    expect(await runs(cluster, rule)).toMatchObject({ version: state === 'approved' ? 2 : 1 });
    const { items } = await world.gateway.request(serviceOperations.rules.listAudit, { limit: 50 });
    const decisions = items.filter(
      ({ action, resource_id, before }) =>
        resource_id === rule.id && action.startsWith('rule.approval') && (before as { id?: string }).id === id,
    );
    expect(decisions).toHaveLength(1);
  });

  it('stay away for good once they are rejected, until the rule is changed', async () => {
    const { rule, cluster } = await approvedRule();
    await update(rule, { expression: 'up == 1' });
    await expect(decide(rule, { decision: 'reject' })).rejects.toMatchObject({ errors: [{ pointer: '/reason' }] });
    await decide(rule, { decision: 'reject', reason: 'too noisy' });
    expect(await runs(cluster, rule)).toMatchObject({ version: 1 });
    const reason = 'version 2 was rejected by grace (too noisy); change the rule, or restore a version';
    expect(await held(rule)).toMatchObject([{ by: 'approval', version: 2, reason }]);

    // Back to what runs: there is nothing to approve.
    await world.gateway.request(restoreRuleVersion, { id: rule.id, version: 1, reason: 'as it runs', actor: ACTOR });
    expect((await newest(rule)).version).toBe(2);
    expect(await runs(cluster, rule)).toMatchObject({ version: 3, expression: 'up == 0' });
  });

  it('do not slip through by leaving the policy in a first step that waits', async () => {
    const { rule, cluster } = await approvedRule();
    await update(rule, { labels: {} });
    await update(rule, { labels: {}, expression: 'vector(1)' });

    expect(await newest(rule)).toMatchObject({ state: 'pending', version: 3, placed_version: 1 });
    expect(await runs(cluster, rule)).toMatchObject({ version: 1, expression: 'up == 0' });
  });

  it('do not slip through where only an override, a parameter or the group makes the rule what a policy is about', async () => {
    const { id: target } = await world.cluster();
    const made = [
      await world.create({ targets: [target], overrides: [{ target, labels: POLICED }] }),
      await world.create({ targets: [target], labels: { tier: '${tier}' }, parameters: { tier: 'payment' } }),
      await world.create({
        targets: [target],
        labels: { tier: '${tier}' },
        parameters: { tier: 'web' },
        overrides: [{ target, parameters: { tier: 'payment' } }],
      }),
    ];
    const group = { name: `labelled-${Math.random()}`, labels: POLICED };
    await world.gateway.request(saveRuleGroup, { group, save: 'create', actor: GRACE });
    made.push(await world.create({ targets: [target], group: group.name }));

    for (const rule of made) {
      expect(await newest(rule)).toMatchObject({ state: 'pending', policies: ['payment'] });
      expect(await world.targets(rule.id)).toEqual([]);
    }
  });

  it('hold the settings of their group: one person alone must be an administrator to change them', async () => {
    const group = `shop-${Math.random()}`;
    const { cluster } = await approvedRule({ group });
    const save = (actor: Actor, settings: object) =>
      world.gateway.request(saveRuleGroup, { group: { name: group, ...settings }, save: 'replace', actor });
    const operator: Actor = { ...GRACE, role: 'operator' };

    await expect(save(operator, { limit: 1 })).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('approval policy payment'),
    });
    expect((await world.gateway.request(getClusterRules, { id: cluster.id })).groups).toEqual([]);
    // What changes nothing is nobody's business.
    await save(operator, {});
    await save({ ...operator, role: 'admin' }, { limit: 1 });
    expect((await world.gateway.request(getClusterRules, { id: cluster.id })).groups).toMatchObject([{ limit: 1 }]);

    const free = `free-${Math.random()}`;
    await world.create({ targets: [cluster.id], group: free });
    await world.gateway.request(saveRuleGroup, {
      group: { name: free, interval: '1m' },
      save: 'replace',
      actor: operator,
    });
  });

  it('are placed by an administrator alone in an emergency, with a reason that is audited', async () => {
    const { rule, cluster } = await approvedRule();
    await update(rule, { expression: 'up == 1' });
    const emergency = { decision: 'override' as const, reason: 'the shop is down', actor: ACTOR };

    await expect(decide(rule, emergency)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(decide(rule, { ...emergency, role: 'admin', reason: null })).rejects.toMatchObject({
      code: 'invalid',
    });
    expect(await decide(rule, { ...emergency, role: 'admin' })).toMatchObject({ state: 'overridden' });
    expect(await runs(cluster, rule)).toMatchObject({ version: 2 });
    const { items } = await world.gateway.request(serviceOperations.rules.listAudit, { limit: 5 });
    expect(items[0]).toMatchObject({
      action: 'rule.approval.overridden',
      actor: ACTOR,
      resource_id: rule.id,
      after: { decision_reason: 'the shop is down' },
    });
  });

  it('include deletions: the rule stays until somebody else agrees', async () => {
    const { rule, cluster } = await approvedRule();
    expect(await world.gateway.request(deleteRule, { id: rule.id, reason: 'no shop', actor: ACTOR })).toEqual({
      done: false,
    });
    expect(await world.gateway.request(getRule, { id: rule.id })).toMatchObject({ version: 2, expression: 'up == 0' });
    expect(await runs(cluster, rule)).toMatchObject({ version: 1 });
    expect(await newest(rule)).toMatchObject({ change: 'deletion-requested', reason: 'no shop' });
    expect(await held(rule)).toMatchObject([{ reason: expect.stringMatching(/^the deletion waits for a second/) }]);

    await decide(rule);
    await expect(world.gateway.request(getRule, { id: rule.id })).rejects.toMatchObject({ code: 'not_found' });
    expect(await runs(cluster, rule)).toBeUndefined();
    expect(await world.gateway.request(getClusterRules, { id: cluster.id })).toMatchObject({
      withdrawn_rule_ids: [rule.id],
    });
  });

  it('need the role that a policy names', async () => {
    const input = { name: 'strict', matchers: ['severity="critical"'], approver_role: 'admin' as const };
    const policy = await world.gateway.request(createApprovalPolicy, { policy: input, actor: EDSGER });
    const rule = await world.create({ severity: 'critical', targets: [(await world.cluster()).id] });

    await expect(decide(rule)).rejects.toMatchObject({ code: 'forbidden' });
    expect(await decide(rule, { role: 'admin' })).toMatchObject({ state: 'approved', policies: ['strict'] });

    const changed = { id: policy.id, policy: { ...input, enabled: false }, actor: EDSGER };
    await expect(
      world.gateway.request(updateApprovalPolicy, { ...changed, expected_version: 7 }),
    ).rejects.toMatchObject({ code: 'conflict', errors: [{ code: 'version_mismatch' }] });
    await world.gateway.request(updateApprovalPolicy, { ...changed, expected_version: 1 });
    await update(rule, { severity: 'critical', expression: 'up == 3' });
    expect(await world.targets(rule.id)).toMatchObject([{ version: 2 }]);
    await world.gateway.request(deleteApprovalPolicy, { id: policy.id, actor: EDSGER });
    expect((await world.gateway.request(listApprovalPolicies, {})).items.map(({ name }) => name)).toEqual(['payment']);
  });

  it('are asked for by policies that say about which rules they are', async () => {
    const create = (policy: object) =>
      world.gateway.request(createApprovalPolicy, { policy: { name: 'x', ...policy }, actor: EDSGER });
    await expect(create({})).rejects.toMatchObject({ code: 'invalid', errors: [{ pointer: '' }] });
    await expect(create({ matchers: ['a="b"', 'a=~"("'] })).rejects.toMatchObject({
      errors: [{ pointer: '/matchers/1', code: 'bad_matcher' }],
    });
    await expect(create({ name: 'payment', owner: 'shop' })).rejects.toMatchObject({
      code: 'conflict',
      errors: [{ pointer: '/name' }],
    });
  });
});
