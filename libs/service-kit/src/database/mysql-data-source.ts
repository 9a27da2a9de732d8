import mysql2, { type Pool, type PoolOptions } from 'mysql2';
import { DataSource, type DataSourceOptions } from 'typeorm';
import type { MysqlAddress } from './database-url';
import type { MysqlServer } from './reach-mysql';

/** Connections per service. */
const POOL_SIZE = 10;

/** Seconds a statement waits for a row lock before its transaction is repeated. */
const LOCK_WAIT_SECONDS = 5;

/** Set on each new connection before its first use; a server-wide default is not ours to change. */
function sessionSettings(server: MysqlServer): string {
  // MariaDB knows the variable only under its old name until 11.1, MySQL 8 only under the new one.
  const isolation = server.type === 'mariadb' ? 'tx_isolation' : 'transaction_isolation';
  return (
    `SET SESSION time_zone = '+00:00', SESSION innodb_lock_wait_timeout = ${LOCK_WAIT_SECONDS}, ` +
    `SESSION ${isolation} = 'READ-COMMITTED'`
  );
}

type Shared = Pick<
  DataSourceOptions,
  'migrationsTableName' | 'entities' | 'migrations' | 'subscribers' | 'migrationsTransactionMode' | 'logging'
>;

/** A data source over a pool of MySQL or MariaDB connections. Not yet initialised. */
export function mysqlDataSource(address: MysqlAddress, server: MysqlServer, shared: Shared): DataSource {
  const settings = sessionSettings(server);
  return new DataSource({
    ...shared,
    type: server.type,
    driver: { ...mysql2, createPool: (options: PoolOptions) => poolWithSettings(options, settings) },
    ...(address.socketPath ? { socketPath: address.socketPath } : { host: address.host, port: address.port }),
    username: address.user,
    password: address.password,
    database: address.database,
    ...(address.tls ? { ssl: { rejectUnauthorized: true } } : {}),
    charset: 'utf8mb4_bin',
    timezone: 'Z',
    connectTimeout: 5_000,
    poolSize: POOL_SIZE,
    // Resetting a connection when it is released would undo the session settings.
    extra: { resetOnRelease: false, enableKeepAlive: true },
  });
}

function poolWithSettings(options: PoolOptions, settings: string): Pool {
  const pool = mysql2.createPool(options);
  pool.on('connection', (connection) => {
    connection.query(settings, (error) => {
      // Queries queued behind this one must not run with other rules than the ones promised.
      if (error) connection.destroy();
    });
  });
  return pool;
}
