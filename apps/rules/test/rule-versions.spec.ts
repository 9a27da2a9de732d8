import {
  deleteRule,
  diffRuleVersions,
  getRule,
  getRuleVersion,
  listRuleVersions,
  restoreRuleVersion,
  serviceOperations,
  updateRule,
  type RuleView,
} from '@alertagent/contracts';
import { sharedStack, type NatsServer } from '@alertagent/local-stack';
import { ACTOR, ruleInput, RulesWorld } from './rules-world';

const stack = sharedStack();
let nats: NatsServer;

beforeAll(async () => {
  nats = await stack.startTestNats();
}, 120_000);
afterAll(() => stack.close());

describe.each(stack.testDatabaseUrls())('versions of a rule on $name', (database) => {
  let world: RulesWorld;

  beforeAll(async () => {
    world = await RulesWorld.start(nats, database);
  }, 120_000);
  afterAll(() => world.close());

  const update = (rule: RuleView, changes: object) =>
    world.gateway.request(updateRule, {
      id: rule.id,
      rule: { ...ruleInput(), name: rule.name, targets: rule.targets, ...changes },
      actor: ACTOR,
    });
  const restore = (rule: RuleView, version: number, expected_version?: number) =>
    world.gateway.request(restoreRuleVersion, {
      id: rule.id,
      version,
      expected_version,
      reason: 'it was better',
      actor: { ...ACTOR, name: 'grace' },
    });
  const rule = async (changes: object = {}) => world.create({ targets: [(await world.cluster()).id], ...changes });

  it('tell who, why, and which audit entry', async () => {
    const first = await rule({ reason: 'after the outage' });
    await update(first, { expression: 'up == 1' });
    await world.gateway.request(deleteRule, { id: first.id, reason: 'moved elsewhere', actor: ACTOR });

    const { items } = await world.gateway.request(listRuleVersions, { id: first.id });
    expect(items.map(({ version, change, author, reason }) => [version, change, author, reason])).toEqual([
      [3, 'deleted', 'ada', 'moved elsewhere'],
      [2, 'updated', 'ada', null],
      [1, 'created', 'ada', 'after the outage'],
    ]);
    const entries = (await world.gateway.request(serviceOperations.rules.listAudit, { limit: 100 })).items;
    for (const { audit_seq, change } of items)
      expect(entries.find(({ seq }) => seq === audit_seq)).toMatchObject({
        action: `rule.${change}`,
        resource_id: first.id,
      });
    expect(await world.gateway.request(getRuleVersion, { id: first.id, version: 1 })).toEqual(items[2]);
    await expect(world.gateway.request(getRuleVersion, { id: first.id, version: 4 })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('are restored as a new version, which is distributed', async () => {
    const first = await rule({ duration: '5m', labels: { team: 'a' } });
    await update(first, { expression: 'up == 1', labels: { team: 'b' } });
    const restored = await restore(first, 1);

    expect(restored).toMatchObject({ version: 3, expression: 'up == 0', duration: '5m', labels: { team: 'a' } });
    expect(await world.targets(first.id)).toMatchObject([{ version: 3 }]);
    const { items } = await world.gateway.request(listRuleVersions, { id: first.id });
    expect(items[0]).toMatchObject({ change: 'restored', restores: 1, reason: 'it was better', author: 'grace' });
    expect(items[0]?.content_hash).toBe(items[2]?.content_hash);
    expect(items[0]?.content_hash).not.toBe(items[1]?.content_hash);
    // Once more: nothing to change.
    expect((await restore(first, 1)).version).toBe(3);
  });

  it('are not restored over a change nobody has seen, nor when there is none', async () => {
    const first = await rule();
    await update(first, { expression: 'up == 1' });
    await expect(restore(first, 1, 1)).rejects.toMatchObject({
      code: 'conflict',
      errors: [{ code: 'version_mismatch' }],
    });
    await expect(restore(first, 9)).rejects.toMatchObject({ code: 'not_found' });
    expect(await world.gateway.request(getRule, { id: first.id })).toMatchObject({ version: 2 });
  });

  it('are compared by what they mean, any two of them', async () => {
    const first = await rule({ expression: 'up < 1', duration: '1m', labels: { team: 'a' } });
    await update(first, { expression: 'up  <  1', duration: '60s', labels: { team: 'a' } });
    await update(first, { expression: 'up < 2', duration: '60s', labels: { team: 'b' } });
    const diff = (versions: { from?: number; to?: number }) =>
      world.gateway.request(diffRuleVersions, { id: first.id, ...versions });

    expect(await diff({ from: 1, to: 2 })).toMatchObject({
      change: 'formatting',
      expression: { change: 'formatting', changes: [] },
      fields: [{ key: 'duration', change: 'formatting' }],
    });
    expect(await diff({})).toMatchObject({
      from: 2,
      to: 3,
      change: 'changed',
      expression: { changes: [{ what: 'threshold', before: '1', after: '2' }] },
      labels: [{ key: 'team', change: 'changed', before: 'a', after: 'b' }],
    });
    expect(await diff({ from: 3, to: 1 })).toMatchObject({
      expression: { changes: [{ what: 'threshold', before: '2', after: '1' }] },
    });
    expect(await diff({ from: 2, to: 2 })).toMatchObject({ change: 'none', expression: null });
    expect(await diff({ from: 0, to: 1 })).toMatchObject({ change: 'changed', labels: [{ change: 'added' }] });
    await expect(diff({ from: 1, to: 8 })).rejects.toMatchObject({ code: 'not_found' });
  });
});
