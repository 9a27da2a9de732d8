import libsql from 'libsql';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { BetterSqlite3Driver } from 'typeorm/driver/better-sqlite3/BetterSqlite3Driver';
import { GuardedSqliteQueryRunner, type StatementCache } from './guarded-sqlite-query-runner';
import { SqliteGate } from './sqlite-gate';

/** Milliseconds a query may wait for the connection while transactions of this process hold it. */
const GATE_WAIT_MS = 10_000;
/** Milliseconds SQLite itself waits for another process. The driver blocks the process meanwhile, hence short. */
const BUSY_TIMEOUT_MS = 1_000;

type Shared = Pick<
  DataSourceOptions,
  'migrationsTableName' | 'entities' | 'migrations' | 'subscribers' | 'migrationsTransactionMode' | 'logging'
>;

interface PragmaTarget {
  pragma(text: string): unknown;
}

/** A data source over one SQLite file that loses nothing: durable commits, one transaction at a time. Not yet initialised. */
export function sqliteDataSource(path: string, shared: Shared): DataSource {
  const dataSource = new DataSource({
    ...shared,
    type: 'better-sqlite3',
    driver: libsql,
    database: path,
    timeout: BUSY_TIMEOUT_MS,
    prepareDatabase: (database: PragmaTarget) => {
      database.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
      database.pragma('journal_mode = WAL');
      // WAL's usual NORMAL may lose the last commits in a power cut; a 2xx is sent after commit and must hold.
      database.pragma('synchronous = FULL');
    },
  });
  const driver = dataSource.driver;
  if (!(driver instanceof BetterSqlite3Driver)) throw new Error('not the SQLite driver');
  acceptLongtext(driver);
  guardTransactions(driver);
  return dataSource;
}

/** MySQL's `text` ends at 64 KiB, so long texts are `longtext` there; SQLite takes any name, only TypeORM's list does not. */
function acceptLongtext(driver: BetterSqlite3Driver): void {
  driver.supportedDataTypes.push('longtext');
}

/** Gives each caller a query runner of its own instead of TypeORM's shared one. */
function guardTransactions(driver: BetterSqlite3Driver): void {
  const gate = new SqliteGate(GATE_WAIT_MS);
  const statements: StatementCache = new Map();
  driver.createQueryRunner = () => new GuardedSqliteQueryRunner(driver, gate, statements);
}
