import type { StoredAlert } from './checker';
import type { OutsideDatabase } from './database';
import { LEDGER_LABEL } from './webhook-text';

const PAGE = 5_000;

interface AlertRow {
  id: string;
  status: 'firing' | 'resolved';
  labels: string;
}

/** Every alert in the database, read page by page. `prefix`: only those whose ledger id starts so. */
export async function storedAlerts(database: OutsideDatabase, prefix?: string): Promise<StoredAlert[]> {
  const found: StoredAlert[] = [];
  for (let after = ''; ;) {
    const rows = await database.query<AlertRow>(
      `SELECT id, status, labels FROM alerts WHERE id > ? ORDER BY id LIMIT ${PAGE}`,
      [after],
    );
    for (const { status, labels } of rows) {
      const ledger_id = (JSON.parse(labels) as Record<string, string>)[LEDGER_LABEL] ?? null;
      if (prefix === undefined || ledger_id?.startsWith(`${prefix}-`)) found.push({ ledger_id, status });
    }
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) return found;
    after = last.id;
  }
}

/** One number out of the database; 0 when there is none. */
export async function countOf(
  database: OutsideDatabase,
  sql: string,
  parameters: readonly (string | number)[] = [],
): Promise<number> {
  const [row] = await database.query<Record<string, unknown>>(sql, parameters);
  return Number(Object.values(row ?? {})[0] ?? 0);
}
