import { createConnection } from 'mysql2/promise';
import { startMariadb, type MariadbServer } from '@alertagent/local-stack';

/**
 * As small as a production server would be, for all who write to it alike: the redo log of the tests (16 MiB) would stop
 * every writer twice a second.
 */
const SIZES = ['--innodb-log-file-size=1G', '--innodb-buffer-pool-size=1G'];

/** A private MariaDB that puts each commit on the disk. Errors: it does not. */
export async function startBenchMariadb(): Promise<MariadbServer> {
  const server = await startMariadb({ extraArgs: SIZES });
  const [flush] = await query<{ value: number }>(server.url(''), 'SELECT @@innodb_flush_log_at_trx_commit AS value');
  if (Number(flush?.value) !== 1) throw new Error('this MariaDB does not flush each commit');
  return server;
}

/** Makes an empty copy of AlertAgent's inbox, with all its indexes, for the bare intake; returns the database's URL. */
export async function copyInboxTable(server: MariadbServer, from: string, to: string): Promise<string> {
  const url = await server.createDatabase(to);
  await query(url, `CREATE TABLE alert_inbox LIKE ${from}.alert_inbox`);
  return url;
}

/** How many alerts an inbox holds: those whose webhooks were committed. */
export async function committedAlerts(url: string): Promise<number> {
  const [row] = await query<{ alerts: string | null }>(url, 'SELECT SUM(alert_count) AS alerts FROM alert_inbox');
  return Number(row?.alerts ?? 0);
}

async function query<T>(url: string, sql: string): Promise<T[]> {
  const connection = await createConnection({ uri: url });
  try {
    const [rows] = await connection.query(sql);
    return rows as T[];
  } finally {
    await connection.end();
  }
}
