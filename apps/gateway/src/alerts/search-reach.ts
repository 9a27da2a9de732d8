import type { EntityManager, EntityTarget, ObjectLiteral, SelectQueryBuilder } from 'typeorm';

/** Rows that one page of a search looks at: it would read years of history for a handful. */
export const MOST_LOOKED_AT = 10_000;

/** A way to what is searched for: an index on these columns, then on the id. No columns: the primary key. */
export interface SearchPath {
  index: string | null;
  where: Readonly<Record<string, string | number>>;
}

/** How far back a page of a search looks. */
export interface SearchReach {
  path: SearchPath;
  /** The last id that is looked at; null when it can look at all that are left. */
  lookTo: string | null;
}

/** Finds the path on which a page reaches back furthest, below a cursor: where little fits one filter, all of it can be looked at. */
export async function searchReach<Row extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntityTarget<Row>,
  paths: readonly SearchPath[],
  below: string | null,
): Promise<SearchReach> {
  const { tableName } = manager.connection.getMetadata(entity);
  let furthest: SearchReach | null = null;
  for (const path of paths) {
    const columns = Object.keys(path.where);
    const conditions = [...columns.map((column) => `${column} = ?`), ...(below === null ? [] : ['id < ?'])];
    const [last]: { id: string }[] = await manager.query(
      `SELECT id FROM ${tableName} ${hint(manager, path)} WHERE ${conditions.join(' AND ') || '1 = 1'} ` +
        `ORDER BY id DESC LIMIT 1 OFFSET ${MOST_LOOKED_AT}`,
      [...Object.values(path.where), ...(below === null ? [] : [below])],
    );
    if (!last) return { path, lookTo: null };
    if (furthest?.lookTo === undefined || furthest.lookTo === null || last.id < furthest.lookTo)
      furthest = { path, lookTo: last.id };
  }
  if (furthest === null) throw new Error('a search needs a path');
  return furthest;
}

/** Makes a query look as far as that, and on that path. */
export function within<Row extends ObjectLiteral>(
  select: SelectQueryBuilder<Row>,
  { path, lookTo }: SearchReach,
): SelectQueryBuilder<Row> {
  if (path.index !== null) select.useIndex(path.index);
  if (lookTo !== null) select.andWhere(`${select.alias}.id >= :lookTo`, { lookTo });
  return select;
}

/** Said, not left to statistics: the path was chosen by what is there. */
function hint(manager: EntityManager, { index }: SearchPath): string {
  if (index === null) return '';
  return manager.connection.options.type === 'better-sqlite3' ? `INDEXED BY ${index}` : `FORCE INDEX (${index})`;
}
