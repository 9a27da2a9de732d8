import type { DataSource } from 'typeorm';

/** Fails, listing the statements that would be needed, when entities and migrated tables differ. For tests of a service's migrations. */
export async function assertNoDrift(dataSource: DataSource): Promise<void> {
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
  if (upQueries.length === 0) return;
  throw new Error(`entities and migrations differ:\n${upQueries.map(({ query }) => query).join('\n')}`);
}
