import { EntitySchema, type EntityManager } from 'typeorm';

/** A single row whose lock orders changes of layers and secrets: two that load one by one might not load together. */
interface ConfigurationLock {
  /** Always 1. */
  id: number;
}

export const configurationLockEntity = new EntitySchema<ConfigurationLock>({
  name: 'alertmanager_config_lock',
  columns: { id: { type: 'int', primary: true } },
});

/** Taken first by whoever changes what clusters should run. */
export async function lockConfiguration(tx: EntityManager): Promise<void> {
  const query = tx.createQueryBuilder(configurationLockEntity, 'held').where('held.id = 1');
  // SQLite runs one transaction at a time and has no row locks.
  if (tx.dataSource.options.type !== 'better-sqlite3') query.setLock('pessimistic_write');
  await query.getOne();
}
