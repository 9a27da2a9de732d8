import { openDatabase } from './open-database';
import type { DatabaseOptions, ServiceDatabase } from './service-database';

/**
 * The `migrate` command: waits for the database, runs pending migrations, closes it again. Safe to run beside other replicas
 * and when there is nothing to do. Errors: as `openDatabase`.
 */
export async function runMigrationsCommand(
  options: ServiceDatabase & Omit<DatabaseOptions, 'runMigrations'>,
): Promise<void> {
  const dataSource = await openDatabase({ ...options, runMigrations: true });
  await dataSource.destroy();
}
