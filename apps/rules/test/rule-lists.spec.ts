import { createHash } from 'node:crypto';
import { listRules, RULE_ORDERS, type ListRules, type RuleOrder } from '@alertagent/contracts';
import { sharedStack, type NatsServer } from '@alertagent/local-stack';
import { newId } from '@alertagent/service-kit';
import { DataSource } from 'typeorm';
import { shownRules } from '../src/rules/rule-list';
import { cursorOf, positionOf } from '../src/rules/rule-order';
import { ruleEntity } from '../src/rules/rule.entity';
import type { StoredRule } from '../src/rules/stored-rule';
import { RulesWorld } from './rules-world';

/** Those that are not deleted are more than one statement looks at when labels are compared. */
const RULES = 2_400;
const START = Date.UTC(2026, 0, 1);

/** Rules of which many share a name, a time, a group and a place in it, so that pages end among equals. */
function manyRules(): StoredRule[] {
  return Array.from({ length: RULES }, (_, number): StoredRule => {
    const name = `Rule ${number % 900}`;
    const time = new Date(START + (number % 40) * 1_000);
    return {
      id: newId(),
      nameKey: createHash('sha256').update(String(number)).digest('hex'),
      nameFolded: name.toLowerCase(),
      searchText: `${name}\nup == ${number}`.toLowerCase(),
      pinnedClusters: [],
      hasSelectors: false,
      duplicateNo: 0,
      version: 1,
      createdAt: time,
      updatedAt: time,
      // A few lie among the others as deleted.
      deletedAt: number % 10 === 9 ? time : null,
      kind: 'alerting',
      name,
      namespace: number % 3 === 0 ? 'n' : '',
      group: `group-${number % 30}`,
      position: number % 4,
      expression: `up == ${number}`,
      duration: null,
      keepFiringFor: null,
      severity: number % 5 === 0 ? 'critical' : 'info',
      labels: { team: `team-${number % 7}` },
      annotations: {},
      owner: null,
      runbook: null,
      description: null,
      enabled: true,
      targets: [],
      parameters: {},
      overrides: [],
    };
  });
}

/** What each order sorts by, said once more. */
const KEYS: Record<RuleOrder, (rule: StoredRule) => (string | number)[]> = {
  created: ({ id }) => [id],
  '-created': ({ id }) => [id],
  name: ({ nameFolded, id }) => [nameFolded, id],
  '-name': ({ nameFolded, id }) => [nameFolded, id],
  updated: ({ updatedAt, id }) => [updatedAt.getTime(), id],
  '-updated': ({ updatedAt, id }) => [updatedAt.getTime(), id],
  group: ({ namespace, group, position, id }) => [namespace, group, position, id],
};

function inOrder(rules: readonly StoredRule[], sort: RuleOrder): string[] {
  const key = KEYS[sort];
  const sign = sort.startsWith('-') ? -1 : 1;
  const compare = (a: StoredRule, b: StoredRule): number => {
    const [left, right] = [key(a), key(b)];
    const index = left.findIndex((value, place) => value !== right[place]);
    return index < 0 ? 0 : sign * (left[index]! < right[index]! ? -1 : 1);
  };
  return [...rules].sort(compare).map(({ id }) => id);
}

const stack = sharedStack();
let nats: NatsServer;
beforeAll(async () => {
  nats = await stack.startTestNats();
}, 120_000);
afterAll(() => stack.close());

describe.each(stack.testDatabaseUrls())('a list of many rules, on $name,', (database) => {
  let world: RulesWorld;
  let rules: StoredRule[];
  let dataSource: DataSource;

  beforeAll(async () => {
    world = await RulesWorld.start(nats, database);
    dataSource = world.service.get(DataSource);
    rules = manyRules();
    await dataSource.transaction(async (tx) => {
      for (let from = 0; from < RULES; from += 250)
        await tx.insert(
          ruleEntity,
          rules.slice(from, from + 250).map((rule) => ({ ...rule })),
        );
    });
    if (database.name !== 'sqlite') await dataSource.query('ANALYZE TABLE rules');
  }, 240_000);
  afterAll(() => world.close());

  const kept = () => rules.filter(({ deletedAt }) => deletedAt === null);

  async function pages(query: Partial<ListRules>): Promise<string[]> {
    const seen: string[] = [];
    let cursor: string | null | undefined;
    do {
      const page = await world.gateway.request(listRules, { limit: 490, ...query, cursor });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.next_cursor;
    } while (cursor);
    return seen;
  }

  it.each([...RULE_ORDERS])(
    'shows each rule once, by %s, also where a page ends among equals',
    async (sort) => {
      expect(await pages({ sort })).toEqual(inOrder(kept(), sort));
    },
    120_000,
  );

  it.each([...RULE_ORDERS])(
    'compares the labels of all of them, by %s, however many are read at once',
    async (sort) => {
      const wanted = kept().filter(({ labels, severity }) => labels['team'] === 'team-3' && severity !== 'info');
      expect(await pages({ sort, labels: 'team=~".*-3",severity!="info"' })).toEqual(inOrder(wanted, sort));
    },
    120_000,
  );

  it('shows the deleted ones apart, and finds text and severities among the rest', async () => {
    const deleted = rules.filter(({ deletedAt }) => deletedAt !== null);
    expect(await pages({ deleted: true })).toEqual(inOrder(deleted, '-created'));
    const critical = kept().filter(({ severity, searchText }) => severity === 'critical' && searchText.includes('0'));
    expect(await pages({ severity: 'critical', text: '0', sort: 'name' })).toEqual(inOrder(critical, 'name'));
  }, 120_000);

  /** How the database would find the rules of a page. */
  async function plan(query: Partial<ListRules>, sort: RuleOrder): Promise<string> {
    const middle = inOrder(kept(), sort)[1_000];
    const last = rules.find(({ id }) => id === middle)!;
    const after = positionOf(cursorOf(last, sort), sort);
    const [sql, terms] = shownRules(dataSource.manager, query, { sort, after, limit: 51 }).getQueryAndParameters();
    const isSqlite = database.name === 'sqlite';
    const rows = await dataSource.query<Record<string, unknown>[]>(
      `${isSqlite ? 'EXPLAIN QUERY PLAN' : 'EXPLAIN'} ${sql}`,
      terms,
    );
    return rows
      .map((row) => String(isSqlite ? row['detail'] : `${String(row['key'])} ${String(row['Extra'])}`))
      .join('\n');
  }

  it.each([...RULE_ORDERS])('sorts nothing for a page by %s: an index has its order, and its place', async (sort) => {
    const told = await plan({}, sort);
    // The order of creation is that of the table itself, on MariaDB.
    expect(told).toMatch(/IX_rules_by_|PRIMARY/);
    expect(told).not.toMatch(/TEMP B-TREE|filesort/);
    if (database.name === 'sqlite')
      expect(told).toMatch(/COVERING INDEX IX_rules_by_\w+ \(deleted_at=\? AND \w+[<>]\?\)/);
  });

  it.each<[string, Partial<ListRules>, string]>([
    ['a group', { group: 'group-17' }, 'IX_rules_by_group'],
    ['a severity', { severity: 'page' }, 'IX_rules_by_severity'],
  ])('looks only at the rules of %s', async (_, query, index) => {
    expect(await plan(query, '-created')).toContain(index);
  });
});
