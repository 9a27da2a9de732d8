import { setTimeout as delay } from 'node:timers/promises';
import { ServiceError } from '@alertagent/contracts';
import { createConnection, type Connection, type ConnectionOptions, type RowDataPacket } from 'mysql2/promise';
import { isConnectionLost, isUnreachable } from './database-errors';
import { describeAddress, type MysqlAddress } from './database-url';
import type { KitLog } from './service-database';

/** What runs at the address: TypeORM must be told, or it sees drift where there is none. */
export interface MysqlServer {
  type: 'mysql' | 'mariadb';
  version: string;
}

/** Connection settings for one database, or for none when it may have to be created first. */
export function connectionOptions(address: MysqlAddress): ConnectionOptions {
  return {
    ...(address.socketPath ? { socketPath: address.socketPath } : { host: address.host, port: address.port }),
    user: address.user,
    password: address.password,
    connectTimeout: 5_000,
    charset: 'utf8mb4_bin',
    ...(address.tls ? { ssl: { rejectUnauthorized: true } } : {}),
  };
}

const MAX_WAIT_MS = 5_000;

/**
 * Waits until the server answers (services may start before it), creates the database if it is missing and that is
 * permitted, and says what the server is. Errors: ServiceError `unavailable` when `signal` ends the wait; `invalid` when the
 * server refuses the user, or the database is missing and cannot be created.
 */
export async function reachMysql(address: MysqlAddress, log: KitLog, signal?: AbortSignal): Promise<MysqlServer> {
  const connection = await connectPatiently(address, log, signal);
  try {
    await createDatabaseIfMissing(connection, address.database);
    await adoptEmptyDatabase(connection, address.database, log);
    const [rows] = await connection.query<RowDataPacket[]>('SELECT VERSION() AS version');
    const version = String(rows[0]?.['version']);
    return { type: /mariadb/i.test(version) ? 'mariadb' : 'mysql', version };
  } finally {
    await connection.end().catch(() => undefined);
  }
}

async function connectPatiently(address: MysqlAddress, log: KitLog, signal?: AbortSignal): Promise<Connection> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await createConnection(connectionOptions(address));
    } catch (error) {
      if (!isUnreachable(error) && !isConnectionLost(error)) {
        throw new ServiceError('invalid', `the database server at ${describeAddress(address)} refused the connection`, {
          cause: error,
        });
      }
      const waitMs = Math.min(MAX_WAIT_MS, 250 * 2 ** Math.min(attempt, 10)) * (0.5 + Math.random() / 2);
      const reason = error instanceof Error ? error.message : 'unknown';
      log.warn(
        { database: describeAddress(address), attempt: attempt + 1, retry_in_ms: Math.round(waitMs), reason },
        'database not reachable yet; waiting for it',
      );
      await delay(waitMs, undefined, { signal }).catch(() => {
        throw new ServiceError('unavailable', `gave up waiting for the database at ${describeAddress(address)}`, {
          cause: error,
        });
      });
    }
  }
}

/** The statement an administrator runs when the service's user may not. */
export const createDatabaseStatement = (database: string): string =>
  `CREATE DATABASE IF NOT EXISTS \`${database}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`;

/**
 * A database somebody made without a thought to collations is put right while it is still empty. One that holds tables is left
 * alone: the check of the settings refuses it and says what to do.
 */
async function adoptEmptyDatabase(connection: Connection, database: string, log: KitLog): Promise<void> {
  const [unfit] = await connection.query<RowDataPacket[]>(
    `SELECT DEFAULT_COLLATION_NAME AS collation FROM information_schema.SCHEMATA AS s
     WHERE SCHEMA_NAME = ? AND (DEFAULT_CHARACTER_SET_NAME <> 'utf8mb4' OR DEFAULT_COLLATION_NAME NOT LIKE '%\\_bin')
       AND NOT EXISTS (SELECT 1 FROM information_schema.TABLES AS t WHERE t.TABLE_SCHEMA = s.SCHEMA_NAME)`,
    [database],
  );
  if (unfit.length === 0) return;
  try {
    await connection.query(`ALTER DATABASE \`${database}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
    log.info(
      { database, former_collation: String(unfit[0]?.['collation']) },
      'the empty database now compares text by byte',
    );
  } catch (error) {
    log.warn(
      { database, reason: error instanceof Error ? error.message : 'unknown' },
      'the collation of the empty database could not be changed',
    );
  }
}

async function createDatabaseIfMissing(connection: Connection, database: string): Promise<void> {
  const [found] = await connection.query<RowDataPacket[]>(
    'SELECT 1 AS found FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?',
    [database],
  );
  if (found.length > 0) return;
  try {
    await connection.query(createDatabaseStatement(database));
  } catch (cause) {
    throw new ServiceError(
      'invalid',
      `database "${database}" does not exist and this user may not create it; run: ${createDatabaseStatement(database)}`,
      { cause },
    );
  }
}
