import { compileMatchers, parseMatchers, type LabelTest } from '@alertagent/alerting';
import { ServiceError, type ListRules, type RuleOrder } from '@alertagent/contracts';
import type { SelectQueryBuilder } from 'typeorm';
import { foldText } from './rule-content';
import type { StoredRule } from './stored-rule';

/** Which rules a list shows; the cluster by id. */
export type RuleFilter = Omit<ListRules, 'cursor' | 'limit' | 'cluster_id' | 'sort'> & { clusterId?: string | null };

/** Rules that should run on a cluster. */
const PLACED =
  'rule.id IN (SELECT placed.rule_id FROM rule_distributions placed WHERE placed.cluster_id = :clusterId AND placed.withdrawn = 0)';

/** Narrows a query down by everything the database can decide. Errors: `invalid` when the matchers cannot be read. */
export function applyFilter(query: SelectQueryBuilder<StoredRule>, filter: RuleFilter): void {
  query.andWhere(filter.deleted ? 'rule.deletedAt IS NOT NULL' : 'rule.deletedAt IS NULL');
  if (filter.name) query.andWhere("rule.nameFolded LIKE :name ESCAPE '!'", { name: within(filter.name) });
  if (filter.text) query.andWhere("rule.searchText LIKE :text ESCAPE '!'", { text: within(filter.text) });
  for (const field of ['kind', 'namespace', 'group', 'severity', 'owner', 'enabled'] as const) {
    const value = filter[field];
    if (value !== null && value !== undefined) query.andWhere(`rule.${field} = :${field}`, { [field]: value });
  }
  if (filter.clusterId) query.andWhere(PLACED, { clusterId: filter.clusterId });
  matchersOf(filter.labels).forEach(({ name, operator, value }, index) => {
    // A label that must be there stands in the JSON exactly so: quotes inside a name or value are escaped there.
    if (operator !== '=' || value === '') return;
    const pair = `${JSON.stringify(name)}:${JSON.stringify(value)}`;
    const inLabels = `rule.labels LIKE :pair${index} ESCAPE '!'`;
    const own = name === 'severity' ? ` OR rule.severity = :own${index}` : '';
    query.andWhere(`(${inLabels}${own})`, { [`pair${index}`]: `%${escapeLike(pair)}%`, [`own${index}`]: value });
  });
}

/** Decides what the database cannot: matchers as Prometheus reads them. Null when there is nothing left to decide. */
export function labelTest({ labels }: RuleFilter): ((rule: Pick<StoredRule, 'labels' | 'severity'>) => boolean) | null {
  if (!labels) return null;
  matchersOf(labels);
  const test: LabelTest = compileMatchers([labels]);
  return (rule) => test(rule.severity === null ? rule.labels : { ...rule.labels, severity: rule.severity });
}

function matchersOf(labels: string | null | undefined): ReturnType<typeof parseMatchers> {
  if (!labels) return [];
  try {
    compileMatchers([labels]);
    return parseMatchers(labels);
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : 'it cannot be read';
    throw new ServiceError('invalid', `/labels: ${detail}`.slice(0, 200), {
      cause,
      errors: [{ pointer: '/labels', code: 'bad_matcher', detail: detail.slice(0, 300) }],
    });
  }
}

/** The columns that an order sorts by, before the id. */
interface Order {
  columns: readonly ('nameFolded' | 'updatedAt' | 'namespace' | 'group' | 'position')[];
  direction: 'ASC' | 'DESC';
}

const ORDERS: Readonly<Record<RuleOrder, Order>> = {
  // Ids grow with time.
  created: { columns: [], direction: 'ASC' },
  '-created': { columns: [], direction: 'DESC' },
  name: { columns: ['nameFolded'], direction: 'ASC' },
  '-name': { columns: ['nameFolded'], direction: 'DESC' },
  updated: { columns: ['updatedAt'], direction: 'ASC' },
  '-updated': { columns: ['updatedAt'], direction: 'DESC' },
  group: { columns: ['namespace', 'group', 'position', 'nameFolded'], direction: 'ASC' },
};

/** Where a page begins: the sort values of the rule before it, and its id. */
export type RulePosition = (string | number)[];

/** Sorts, and leaves out what is not after `after`. */
export function applyOrder(query: SelectQueryBuilder<StoredRule>, sort: RuleOrder, after: RulePosition | null): void {
  const { columns, direction } = ORDERS[sort];
  const all = [...columns, 'id' as const];
  for (const column of all) query.addOrderBy(`rule.${column}`, direction);
  if (!after) return;
  const sign = direction === 'ASC' ? '>' : '<';
  const alternatives = all.map((column, index) => {
    const equal = all.slice(0, index).map((former, place) => `rule.${former} = :after${place}`);
    return `(${[...equal, `rule.${column} ${sign} :after${index}`].join(' AND ')})`;
  });
  query.andWhere(
    `(${alternatives.join(' OR ')})`,
    Object.fromEntries(after.map((value, index) => [`after${index}`, value])),
  );
}

/** The place of a rule in an order, as text for a cursor. */
export function cursorOf(rule: StoredRule, sort: RuleOrder): string {
  const values = ORDERS[sort].columns.map((column) =>
    column === 'updatedAt' ? rule.updatedAt.getTime() : rule[column],
  );
  return Buffer.from(JSON.stringify([sort, ...values, rule.id])).toString('base64url');
}

/** Reads a cursor. Errors: `invalid` when it is none of this order. */
export function positionOf(cursor: string | null | undefined, sort: RuleOrder): RulePosition | null {
  if (!cursor) return null;
  try {
    const [of, ...values] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown[];
    const isOurs =
      of === sort &&
      values.length === ORDERS[sort].columns.length + 1 &&
      values.every((value) => typeof value === 'string' || typeof value === 'number');
    if (isOurs) return values as RulePosition;
  } catch {
    // Not JSON: none of ours either.
  }
  throw badCursor();
}

export const badCursor = (): ServiceError =>
  new ServiceError('invalid', '/cursor: not a cursor of this list', {
    errors: [{ pointer: '/cursor', code: 'bad_cursor', detail: 'expected the next_cursor of an earlier page' }],
  });

const within = (text: string): string => `%${escapeLike(foldText(text))}%`;

const escapeLike = (text: string): string => text.replace(/[!%_]/g, (character) => `!${character}`);
