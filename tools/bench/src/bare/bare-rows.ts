import { createHash, randomBytes } from 'node:crypto';
import type { Connection, RowDataPacket } from 'mysql2/promise';

const ROWS_PER_COMMIT = 500;

/**
 * The rate at which one connection inserts the two rows of an alert and does nothing else: copies of real rows into empty tables with the same
 * indexes, 500 alerts in a transaction. Alerts per second.
 */
export async function bareRowsPerSecond(connection: Connection, seconds: number): Promise<number> {
  const alerts = await rowsOf(connection, 'alerts');
  const records = await rowsOf(connection, 'alert_processing_records');
  for (const table of ['alerts', 'alert_processing_records']) {
    await connection.query(`DROP TABLE IF EXISTS bare_${table}`);
    await connection.query(`CREATE TABLE bare_${table} LIKE ${table}`);
  }
  const began = performance.now();
  let stored = 0;
  while (performance.now() - began < seconds * 1_000) {
    const ids = alerts.map(() => newId());
    await connection.query('START TRANSACTION');
    await insert(
      connection,
      'bare_alerts',
      alerts.map((row, index) => ({ ...row, id: ids[index], episode_key: hash(), label_hash: hash() })),
    );
    await insert(
      connection,
      'bare_alert_processing_records',
      records.map((row, index) => ({ ...row, inbox_id: newId(), alert_index: index, alert_id: ids[index] })),
    );
    await connection.query('COMMIT');
    stored += alerts.length;
  }
  return stored / ((performance.now() - began) / 1_000);
}

async function rowsOf(connection: Connection, table: string): Promise<RowDataPacket[]> {
  const [rows] = await connection.query<RowDataPacket[]>(`SELECT * FROM ${table} LIMIT ${ROWS_PER_COMMIT}`);
  if (rows.length < ROWS_PER_COMMIT) throw new Error(`${table} has only ${rows.length} rows to copy`);
  return rows;
}

async function insert(connection: Connection, table: string, rows: Record<string, unknown>[]): Promise<void> {
  const columns = Object.keys(rows[0]!);
  const values = rows.map((row) => columns.map((column) => row[column]));
  await connection.query(`INSERT INTO ${table} (${columns.join(', ')}) VALUES ?`, [values]);
}

const hash = (): string => createHash('sha256').update(randomBytes(16)).digest('hex');

function newId(): string {
  const hex = Date.now().toString(16).padStart(12, '0') + randomBytes(10).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
