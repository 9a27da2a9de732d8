import { toDatabaseServiceError } from '@alertagent/service-kit';
import type { DataSource } from 'typeorm';

/** Runs a statement outside of any transaction. Errors: ServiceError `unavailable`. */
export async function queryRows<T>(dataSource: DataSource, sql: string, values: unknown[]): Promise<T[]> {
  try {
    return await dataSource.query<T[]>(sql, values);
  } catch (error) {
    throw toDatabaseServiceError(error);
  }
}
