import { ServiceError } from '@alertagent/contracts';
import type { DataSource } from 'typeorm';

/** Seconds a replica waits while another one migrates. */
const LOCK_WAIT_SECONDS = 120;

/**
 * Runs `work` while no other replica of the service migrates: MySQL commits each CREATE TABLE by itself, so two at once would
 * both fail half way. SQLite files belong to one process. Errors: ServiceError `unavailable` when the other one does not finish.
 */
export async function withMigrationLock<T>(
  dataSource: DataSource,
  service: string,
  work: () => Promise<T>,
): Promise<T> {
  if (dataSource.options.type === 'better-sqlite3') return work();
  const runner = dataSource.createQueryRunner();
  // Named locks are server-wide: two installations on one server must not wait for each other.
  const name = `SHA1(CONCAT(DATABASE(), '/migrations_${service}'))`;
  try {
    const [row]: { locked: unknown }[] = await runner.query(`SELECT GET_LOCK(${name}, ${LOCK_WAIT_SECONDS}) AS locked`);
    if (Number(row?.locked) !== 1)
      throw new ServiceError('unavailable', `another process is still migrating "${service}"`);
    try {
      return await work();
    } finally {
      await runner.query(`SELECT RELEASE_LOCK(${name})`);
    }
  } finally {
    await runner.release();
  }
}
