import type { EntityManager } from 'typeorm';

/** Rows in one INSERT: composing a larger statement would hold up the webhooks that wait for their answer. */
const INSERT_ROWS = 125;
/** Keys in one SELECT. */
const SELECT_KEYS = 500;
/** Rows in one UPDATE; the server compares each row with each CASE. */
const UPDATE_ROWS = 100;

type Value = string | number | null;

/** Inserts rows in as few statements as possible. The order of columns is that of the first row. */
export async function insertRows<Row extends Record<string, Value>>(
  tx: EntityManager,
  table: string,
  rows: readonly Row[],
): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const columns = Object.keys(first);
  const placeholders = `(${columns.map(() => '?').join(', ')})`;
  for (const chunk of chunks(rows, INSERT_ROWS)) {
    const values = chunk.flatMap((row) => columns.map((column) => row[column] as Value));
    const sql = `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${chunk.map(() => placeholders).join(', ')}`;
    await tx.query(sql, values);
  }
}

/** Gives many rows, found by `id`, values of their own in one statement. */
export async function updateRows<Row extends Record<string, Value> & { id: string }>(
  tx: EntityManager,
  table: string,
  rows: readonly Row[],
): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const columns = Object.keys(first).filter((column) => column !== 'id');
  for (const chunk of chunks(rows, UPDATE_ROWS)) {
    const cases = columns.map(
      (column) => `${column} = CASE id ${chunk.map(() => 'WHEN ? THEN ?').join(' ')} ELSE ${column} END`,
    );
    const values = columns.flatMap((column) => chunk.flatMap((row) => [row.id, row[column] as Value]));
    const sql = `UPDATE ${table} SET ${cases.join(', ')} WHERE id IN (${placeholdersFor(chunk)})`;
    await tx.query(sql, [...values, ...chunk.map(({ id }) => id)]);
  }
}

/** Reads rows whose `column` has one of `keys`, in as many statements as it takes. */
export async function selectIn<Row>(
  tx: EntityManager,
  keys: readonly string[],
  sql: (placeholders: string) => string,
): Promise<Row[]> {
  const found: Row[] = [];
  // Sorted, so that two workers that lock the same rows meet in the same order.
  for (const chunk of chunks([...new Set(keys)].sort(), SELECT_KEYS)) {
    found.push(...((await tx.query(sql(placeholdersFor(chunk)), chunk)) as Row[]));
  }
  return found;
}

function placeholdersFor(items: readonly unknown[]): string {
  return items.map(() => '?').join(', ');
}

function* chunks<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
