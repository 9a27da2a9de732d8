import { ServiceError, type RuleOrder } from '@alertagent/contracts';
import type { SelectQueryBuilder } from 'typeorm';
import type { StoredRule } from './stored-rule';

type SortColumn = 'nameFolded' | 'updatedAt' | 'namespace' | 'group' | 'position';

/** The columns that an order sorts by, before the id. Each needs an index of them behind `deletedAt`, or pages are sorted anew. */
interface Order {
  columns: readonly SortColumn[];
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
  // As in the files that are rendered.
  group: { columns: ['namespace', 'group', 'position'], direction: 'ASC' },
};

/** Where a page begins: the sort values of the rule before it, and its id. */
export type RulePosition = (string | number)[];

/** The columns that an order sorts by. */
export const sortedBy = (sort: RuleOrder): readonly (SortColumn | 'id')[] => [...ORDERS[sort].columns, 'id'];

/** Sorts. */
export function applyOrder(query: SelectQueryBuilder<StoredRule>, sort: RuleOrder): void {
  for (const column of sortedBy(sort)) query.addOrderBy(`rule.${column}`, ORDERS[sort].direction);
}

/** Leaves out what is not after `after`. */
export function applyPlace(query: SelectQueryBuilder<StoredRule>, sort: RuleOrder, after: RulePosition | null): void {
  if (!after) return;
  const { direction } = ORDERS[sort];
  const all = sortedBy(sort);
  const sign = direction === 'ASC' ? '>' : '<';
  const alternatives = all.map((column, index) => {
    const equal = all.slice(0, index).map((former, place) => `rule.${former} = :after${place}`);
    return `(${[...equal, `rule.${column} ${sign} :after${index}`].join(' AND ')})`;
  });
  // The alternatives say it all, but databases find the place in an index by the first column only when it is told by itself.
  query.andWhere(
    `rule.${all[0]} ${sign}= :after0 AND (${alternatives.join(' OR ')})`,
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
