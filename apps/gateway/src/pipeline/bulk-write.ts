import type { EntityManager } from 'typeorm';

/** Rows in one INSERT, a power of two: composing a larger statement would hold up the webhooks that wait for their answer. */
const INSERT_ROWS = 128;
/** Keys in one SELECT. */
const SELECT_KEYS = 500;
/** Rows in one UPDATE, a power of two; the server compares each row with each CASE. */
const UPDATE_ROWS = 64;

type Value = string | number | null;

/** The part of a mysql2 connection that prepares statements. */
interface PreparingConnection {
  execute(sql: string, values: readonly unknown[], done: (error: Error | null) => void): void;
}

/**
 * The writes of one transaction, sent in order without waiting for each other: the database executes one while the next is composed.
 * `settle` must be awaited before the transaction ends.
 */
export class Writes {
  private readonly sent: Promise<unknown>[] = [];
  private readonly isSqlite: boolean;

  constructor(private readonly tx: EntityManager) {
    this.isSqlite = tx.connection.options.type === 'better-sqlite3';
  }

  /** Inserts rows in as few statements as possible. The order of columns is that of the first row. */
  async insert<Row extends Record<string, Value>>(table: string, rows: readonly Row[]): Promise<void> {
    await this.insertWith(table, rows, '');
  }

  /** Adds `alerts` of each row to the row with the same key, which is made when there is none. */
  async addCounts<Row extends Record<string, Value> & { alerts: number }>(
    table: string,
    key: readonly (keyof Row & string)[],
    rows: readonly Row[],
  ): Promise<void> {
    const onConflict = this.isSqlite
      ? ` ON CONFLICT (${key.join(', ')}) DO UPDATE SET alerts = alerts + excluded.alerts`
      : ' ON DUPLICATE KEY UPDATE alerts = alerts + VALUES(alerts)';
    await this.insertWith(table, rows, onConflict);
  }

  /** Gives many rows, found by `id`, values of their own in one statement. */
  async update<Row extends Record<string, Value> & { id: string }>(table: string, rows: readonly Row[]): Promise<void> {
    const [first] = rows;
    if (!first) return;
    const columns = Object.keys(first).filter((column) => column !== 'id');
    for (const chunk of evenChunks(rows, UPDATE_ROWS)) {
      const cases = columns.map(
        (column) => `${column} = CASE id ${chunk.map(() => 'WHEN ? THEN ?').join(' ')} ELSE ${column} END`,
      );
      const values = columns.flatMap((column) => chunk.flatMap((row) => [row.id, row[column] as Value]));
      const sql = `UPDATE ${table} SET ${cases.join(', ')} WHERE id IN (${placeholdersFor(chunk)})`;
      await this.send(sql, [...values, ...chunk.map(({ id }) => id)]);
    }
  }

  /** Deletes the rows whose `column` has one of `keys`. */
  async deleteIn(table: string, column: string, keys: readonly string[]): Promise<void> {
    for (const chunk of chunks(keys, SELECT_KEYS)) {
      await this.send(`DELETE FROM ${table} WHERE ${column} IN (${placeholdersFor(chunk)})`, chunk);
    }
  }

  /** Takes in the answer to statements that somebody else has sent in the same transaction. */
  follow(answer: Promise<unknown>): void {
    // Until `settle` looks at it, a failure must not count as unhandled.
    answer.catch(() => undefined);
    this.sent.push(answer);
  }

  /** Resolves when everything is executed; throws what the first failed statement threw. */
  async settle(): Promise<void> {
    const results = await Promise.allSettled(this.sent);
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  /** Values of a text statement are escaped character by character; a prepared one takes them as they are. */
  private async execute(sql: string, values: readonly Value[]): Promise<unknown> {
    const runner = this.tx.queryRunner;
    if (this.isSqlite || !runner) return this.tx.query(sql, values as Value[]);
    const connection = (await runner.connect()) as PreparingConnection;
    return new Promise((resolve, reject) => {
      connection.execute(sql, values, (error) => (error ? reject(error) : resolve(null)));
    });
  }

  private async insertWith<Row extends Record<string, Value>>(
    table: string,
    rows: readonly Row[],
    suffix: string,
  ): Promise<void> {
    const [first] = rows;
    if (!first) return;
    const columns = Object.keys(first);
    const placeholders = `(${columns.map(() => '?').join(', ')})`;
    for (const chunk of evenChunks(rows, INSERT_ROWS)) {
      const values: Value[] = [];
      for (const row of chunk) for (const column of columns) values.push(row[column] as Value);
      const list = Array.from(chunk, () => placeholders).join(', ');
      await this.send(`INSERT INTO ${table} (${columns.join(', ')}) VALUES ${list}${suffix}`, values);
    }
  }

  /** Lets other work of the process have its turn after each statement; the answer is awaited by `settle`. */
  private async send(sql: string, values: readonly Value[]): Promise<void> {
    this.follow(this.execute(sql, values));
    await new Promise(setImmediate);
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

/**
 * Chunks of few different sizes, so that their statements are prepared once and used again: a prepared one costs a round trip and memory
 * for each of its thousands of parameters. `most` is a power of two.
 */
function* evenChunks<T>(items: readonly T[], most: number): Generator<T[]> {
  let start = 0;
  for (let size = most; start < items.length;) {
    while (size > items.length - start) size /= 2;
    yield items.slice(start, start + size);
    start += size;
  }
}

function* chunks<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
