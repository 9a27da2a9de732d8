import { newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { LessThan, type EntityManager } from 'typeorm';
import { healthHistoryEntity, type StoredHealthChange } from './health-history.entity';

/** How long changes are kept, in milliseconds. */
const KEEP_MS = 90 * 24 * 3_600_000;

/** How clusters and members were. Kept when the cluster is retired. */
@Injectable()
export class HealthHistoryStore {
  /** Older changes of the same cluster go when a new one comes, so that nobody has to sweep. */
  async add(tx: EntityManager, change: Omit<StoredHealthChange, 'id'>): Promise<void> {
    const oldest = new Date(change.at.getTime() - KEEP_MS);
    await tx.delete(healthHistoryEntity, { clusterId: change.clusterId, at: LessThan(oldest) });
    await tx.insert(healthHistoryEntity, { id: newId(), ...change });
  }

  /** Newest first. */
  list(
    manager: EntityManager,
    { clusterId, member, before }: { clusterId: string; member?: string | null; before?: string | null },
    limit: number,
  ): Promise<StoredHealthChange[]> {
    return manager.find(healthHistoryEntity, {
      where: { clusterId, ...(member ? { member } : {}), ...(before ? { id: LessThan(before) } : {}) },
      order: { id: 'DESC' },
      take: limit,
    });
  }
}
