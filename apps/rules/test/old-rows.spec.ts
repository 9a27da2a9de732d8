import { createHash } from 'node:crypto';
import {
  getClusterRules,
  getRule,
  getRuleVersion,
  listRuleGroups,
  listRules,
  listRuleVersions,
  restoreRule,
  updateRule,
} from '@alertagent/contracts';
import { sharedStack, type NatsServer } from '@alertagent/local-stack';
import { assertNoDrift } from '@alertagent/service-kit';
import { openAsOf } from '@alertagent/service-kit/testing';
import { DataSource } from 'typeorm';
import { rulesService } from '../src/rules-service';
import { ACTOR, RulesWorld, shown } from './rules-world';

const DAY = 24 * 3_600_000;
const CREATED = Date.parse('2025-11-20T08:00:00.000Z');
const EU = { id: '11111111-1111-4111-8111-111111111111', name: 'eu' };
const RUNNING = '019a0000-0000-7000-8000-000000000001';
const SELECTED = '019a0000-0000-7000-8000-000000000002';
const DELETED = '019a0000-0000-7000-8000-000000000003';

/** A rule as the first version of the service had it. */
const oldRule = (id: string, changes: object) => ({
  id,
  group: 'payments',
  expression: 'rate(errors_total[5m]) > 1',
  duration: '5m',
  keep_firing_for: null,
  severity: 'page',
  labels: { team: 'pay', area: 'Zürich' },
  annotations: { summary: 'It Fails' },
  targets: ['eu'] as (string | { labels: Record<string, string> })[],
  version: 1,
  created_at: new Date(CREATED).toISOString(),
  updated_at: new Date(CREATED).toISOString(),
  name: '',
  ...changes,
});

const RULES = [
  oldRule(RUNNING, { name: 'Slow', version: 2 }),
  oldRule(SELECTED, { name: 'Slöw "two"', targets: [{ labels: { env: 'live' } }], duration: null, severity: null }),
  oldRule(DELETED, { name: 'Gone', version: 2, group: 'left' }),
];

type Row = Record<string, string | number | null>;

/** The rows that the first version of the service wrote: before groups, kinds, namespaces and markers. */
function oldRows(): [table: string, row: Row][] {
  const rules = RULES.map((rule): [string, Row] => {
    const key = createHash('sha256')
      .update(JSON.stringify([rule.group, rule.name]))
      .digest('hex');
    const isDeleted = rule.id === DELETED;
    return [
      'rules',
      {
        id: rule.id,
        name_key: isDeleted ? null : key,
        group_name: rule.group,
        name: rule.name,
        name_folded: rule.name.toLowerCase(),
        expression: rule.expression,
        duration: rule.duration,
        keep_firing_for: null,
        severity: rule.severity,
        labels: JSON.stringify(rule.labels),
        annotations: JSON.stringify(rule.annotations),
        targets: JSON.stringify(rule.targets),
        pinned_clusters: JSON.stringify(rule.id === SELECTED ? [] : [EU.id]),
        has_selectors: rule.id === SELECTED ? 1 : 0,
        version: rule.version,
        created_at: CREATED,
        updated_at: CREATED,
        deleted_at: isDeleted ? CREATED + DAY : null,
      },
    ];
  });
  const version = (id: string, number: number, kind: string, changes: object = {}): [string, Row] => {
    const rule = { ...RULES.find((one) => one.id === id)!, version: number, ...changes };
    const head = { rule_id: id, version: number, change_kind: kind, author: 'ada', created_at: CREATED };
    return ['rule_versions', { ...head, content: JSON.stringify(rule) }];
  };
  const distribution = (id: string, ruleId: string, changes: Row): [string, Row] => [
    'rule_distributions',
    {
      ...{ id, rule_id: ruleId, cluster_id: EU.id, version: 1, withdrawn: 0, status: 'pending', reason: null },
      ...{ rendered_revision: null, refused_reason: null, seen_in_revision: 0, saved_at: CREATED, live_at: null },
      withdrawn_at: null,
      ...changes,
    },
  ];
  const live = { version: 2, status: 'live', rendered_revision: 7, seen_in_revision: 7, live_at: CREATED };
  const cluster = { cluster_id: EU.id, name: EU.name, labels: '{"env":"live"}', version: 1, retired_at: null };
  const member = { cluster_id: EU.id, name: 'p0', revision: 7, state: 'idle', reason: null };
  const proof = { distribution_id: 'd1', member: 'p0', cluster_id: EU.id, status: 'live', status_version: 2 };
  return [
    ...rules,
    version(RUNNING, 1, 'created', { expression: 'rate(errors_total[5m]) > 9' }),
    version(RUNNING, 2, 'updated'),
    version(SELECTED, 1, 'created'),
    version(DELETED, 1, 'created'),
    version(DELETED, 2, 'deleted'),
    distribution('d1', RUNNING, live),
    distribution('d2', SELECTED, {}),
    distribution('d3', DELETED, { withdrawn: 1, status: 'removed', withdrawn_at: CREATED + DAY }),
    [
      'rule_distribution_members',
      { ...proof, reason: null, loaded_version: 2, gone_revision: null, changed_at: CREATED },
    ],
    ['rule_clusters', cluster],
    ['rule_cluster_members', { ...member, reported_at: CREATED, last_heard: CREATED }],
  ];
}

async function writeOldRows(storage: { dataDir: string; databaseUrl: string | undefined }): Promise<void> {
  const database = await openAsOf(rulesService, 'CreateRuleTables1763800000000', storage);
  for (const [table, row] of oldRows()) {
    const names = Object.keys(row);
    const marks = names.map(() => '?').join(', ');
    await database.query(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${marks})`, Object.values(row));
  }
  await database.destroy();
}

const stack = sharedStack();
let nats: NatsServer;

beforeAll(async () => {
  nats = await stack.startTestNats();
}, 120_000);
afterAll(() => stack.close());

describe.each(stack.testDatabaseUrls())('rules that the first version of the service wrote, on $name,', (database) => {
  let world: RulesWorld;

  beforeAll(async () => {
    world = await RulesWorld.start(nats, database, { prepare: writeOldRows });
    await world.cluster({ env: 'live' }, null, EU);
  }, 120_000);
  afterAll(() => world.close());

  const get = (id: string) => world.gateway.request(getRule, { id });

  it('lie in tables that are what the entities say', async () => {
    await expect(assertNoDrift(world.service.get(DataSource))).resolves.toBeUndefined();
  });

  it('are listed, found and shown as they were, with what came later as its default', async () => {
    const { items } = await world.gateway.request(listRules, {});
    expect(new Set(items.map(({ id }) => id))).toEqual(new Set([RUNNING, SELECTED]));
    const { targets: _, ...content } = RULES[0]!;
    expect(await get(RUNNING)).toMatchObject({ ...content, kind: 'alerting', namespace: '', enabled: true });
    expect((await get(SELECTED)).targets).toEqual([{ labels: { env: 'live' } }]);
    const searched = await world.gateway.request(listRules, { text: 'it fails', group: 'payments' });
    expect(searched.items).toHaveLength(2);
    await expect(get(DELETED)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('have the groups that they named, and keep their versions', async () => {
    const groups = await world.gateway.request(listRuleGroups, {});
    expect(groups.items.map(({ name }) => name)).toEqual(['payments']);
    const versions = await world.gateway.request(listRuleVersions, { id: RUNNING });
    expect(versions.items.map(({ version }) => version)).toEqual([2, 1]);
    const first = await world.gateway.request(getRuleVersion, { id: RUNNING, version: 1 });
    expect(JSON.stringify(first)).toContain('rate(errors_total[5m]) > 9');
  });

  it('are on their clusters as they were, and go on being distributed', async () => {
    const { rules } = await world.gateway.request(getClusterRules, { id: EU.id });
    expect(rules.map(({ rule_id, version }) => [rule_id, version])).toEqual(
      expect.arrayContaining([
        [RUNNING, 2],
        [SELECTED, 1],
      ]),
    );
    expect(rules).toHaveLength(2);
    expect(await world.targets(RUNNING)).toMatchObject([{ cluster_id: EU.id, version: 2 }]);
    const all = [await get(RUNNING), await get(SELECTED)];
    const revision = await world.publishRevision(EU.id, all, { revision: 8 });
    await world.apply(EU.id, { revision, rules: all.map((rule) => shown(rule)) });
    await world.until(SELECTED, 'live');
    await world.until(RUNNING, 'live');
  });

  it('can be changed and brought back, and no other may take their place', async () => {
    const { name, group, severity, labels, expression, targets } = await get(RUNNING);
    const rule = { name, group, severity, labels, expression, targets };
    await expect(world.create(rule)).rejects.toMatchObject({ code: 'conflict' });
    const changed = { id: RUNNING, rule: { ...rule, expression: 'up == 0' }, actor: ACTOR };
    expect(await world.gateway.request(updateRule, changed)).toMatchObject({ version: 3, expression: 'up == 0' });
    expect(await world.gateway.request(restoreRule, { id: DELETED, reason: 'missed', actor: ACTOR })).toMatchObject({
      version: 3,
    });
    const [newest] = (await world.gateway.request(listRuleVersions, { id: DELETED })).items;
    expect(newest).toMatchObject({ version: 3, change: 'restored', reason: 'missed' });
    expect(await world.targets(DELETED)).toMatchObject([{ version: 3, status: 'pending' }]);
  });
});
