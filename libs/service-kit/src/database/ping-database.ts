import { ServiceError } from '@alertagent/contracts';
import type { DataSource } from 'typeorm';
import { toDatabaseServiceError } from './database-errors';
import { withConnectionDeadline } from './in-transaction';

/**
 * Readiness: one query, answered within `deadlineMs` (1,500 unless told). Errors: ServiceError `unavailable`. A server that
 * hangs costs the pool nothing: the connection is cut at the deadline.
 */
export async function pingDatabase(dataSource: DataSource, deadlineMs = 1_500): Promise<void> {
  if (!dataSource.isInitialized) throw new ServiceError('unavailable', 'the database is not connected');
  const runner = dataSource.createQueryRunner();
  try {
    await withConnectionDeadline(runner, deadlineMs, () => runner.query('SELECT 1'));
  } catch (error) {
    throw toDatabaseServiceError(error);
  }
}
