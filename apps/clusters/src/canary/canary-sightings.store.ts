import type { CanaryPlace } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { In, LessThan, type EntityManager } from 'typeorm';
import { canarySightingEntity } from './canary-sighting.entity';
import type { StoredSighting } from './stored-sighting';

/** Where canaries were seen. Whoever changes it has the cluster locked. */
@Injectable()
export class CanarySightingsStore {
  /** By place and instance. */
  list(manager: EntityManager, clusterIds: readonly string[]): Promise<StoredSighting[]> {
    if (clusterIds.length === 0) return Promise.resolve([]);
    return manager.find(canarySightingEntity, {
      where: { clusterId: In([...clusterIds]) },
      order: { clusterId: 'ASC', place: 'ASC', instance: 'ASC' },
    });
  }

  /** News that is older than what is known changes nothing. */
  async note(
    tx: EntityManager,
    { clusterId, place, instance, at }: { clusterId: string; place: CanaryPlace; instance: string; at: Date },
  ): Promise<void> {
    const key = { clusterId, place, instance: instance.trim() };
    const row = { ...key, firstAt: at, heardAt: at };
    const { affected } = await tx.update(canarySightingEntity, { ...key, heardAt: LessThan(at) }, { heardAt: at });
    if (!affected) await tx.createQueryBuilder().insert().into(canarySightingEntity).values(row).orIgnore().execute();
  }

  async drop(tx: EntityManager, clusterId: string): Promise<void> {
    await tx.delete(canarySightingEntity, { clusterId });
  }
}
