import { DataSource, type DataSourceOptions } from 'typeorm';
import { AfterCommitSubscriber } from './after-commit';
import { checkDatabaseSettings } from './check-database-settings';
import { toDatabaseServiceError } from './database-errors';
import { describeAddress, parseDatabaseUrl, type DatabaseAddress } from './database-url';
import { kitEntities, kitTables } from './kit-tables';
import { withMigrationLock } from './migration-lock';
import { mysqlDataSource } from './mysql-data-source';
import { reachMysql } from './reach-mysql';
import { silentLog, type DatabaseOptions, type KitLog, type ServiceDatabase } from './service-database';
import { sqliteDataSource } from './sqlite-data-source';

/** The database lacks migrations of this version, and this process was not told to run them. */
export class PendingMigrationsError extends Error {
  constructor(service: string) {
    super(
      `the database has pending migrations of "${service}"; run its migrate command first (node dist/main.js migrate)`,
    );
    this.name = 'PendingMigrationsError';
  }
}

/**
 * Opens a service's database, ready for use: waits until it can be reached, refuses unsafe settings, and runs pending
 * migrations or refuses to start without them. Errors: ServiceError, UnsafeDatabaseError, PendingMigrationsError.
 */
export async function openDatabase(options: ServiceDatabase & DatabaseOptions): Promise<DataSource> {
  if (!/^[a-z][a-z0-9_]{0,20}$/.test(options.service))
    throw new Error('a service name is at most 21 of a-z, 0-9 and _');
  const log = options.log ?? silentLog;
  const address = parseDatabaseUrl(options.url);
  const dataSource = await makeDataSource(address, options, log);
  try {
    await dataSource.initialize();
    for (const warning of await checkDatabaseSettings(dataSource))
      log.warn(warning, 'a database setting should be changed');
    await bringUpToDate(dataSource, options, log);
    log.info({ database: describeAddress(address), type: dataSource.options.type }, 'database ready');
    return dataSource;
  } catch (error) {
    if (dataSource.isInitialized) await dataSource.destroy();
    throw toDatabaseServiceError(error);
  }
}

async function makeDataSource(
  address: DatabaseAddress,
  options: ServiceDatabase & DatabaseOptions,
  log: KitLog,
): Promise<DataSource> {
  const kit = options.kit ?? {};
  const shared = {
    entities: [...options.entities, ...kitEntities(options.service, kit)],
    migrations: [...(Object.values(kit).some(Boolean) ? [kitTables(options.service, kit)] : []), ...options.migrations],
    subscribers: [AfterCommitSubscriber],
    migrationsTableName: `migrations_${options.service}`,
    migrationsTransactionMode: 'each',
    logging: false,
  } satisfies Partial<DataSourceOptions>;
  if (address.kind === 'sqlite') return sqliteDataSource(address.path, shared);
  return mysqlDataSource(address, await reachMysql(address, log, options.signal), shared);
}

async function bringUpToDate(
  dataSource: DataSource,
  options: ServiceDatabase & DatabaseOptions,
  log: KitLog,
): Promise<void> {
  if (!options.runMigrations) {
    if (await dataSource.showMigrations()) throw new PendingMigrationsError(options.service);
    return;
  }
  const executed = await withMigrationLock(dataSource, options.service, () => dataSource.runMigrations());
  for (const { name } of executed) log.info({ migration: name }, 'migration done');
}
