import type { ClusterHealthState } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { In, MoreThan, type EntityManager } from 'typeorm';
import { clusterHealthEntity, type StoredClusterHealth } from './cluster-health.entity';
import { memberHealthEntity } from './member-health.entity';
import type { StoredMember } from './stored-member';

/** Which clusters' health a list shows. */
export interface HealthFilter {
  status?: ClusterHealthState | null;
  /** Only clusters registered after the one with this id. */
  after?: string | null;
}

/** The health of clusters and members. Whoever changes it has the cluster locked. */
@Injectable()
export class HealthStore {
  /** A new cluster: nothing is known. */
  async begin(tx: EntityManager, clusterId: string, at: Date): Promise<void> {
    await tx.insert(clusterHealthEntity, {
      clusterId,
      status: 'unknown',
      reason: null,
      changedAt: at,
      lastCheck: null,
      checks: [],
    });
  }

  /** Forgets a retired cluster, whose members are forgotten already. */
  async drop(tx: EntityManager, clusterId: string): Promise<void> {
    await tx.delete(clusterHealthEntity, { clusterId });
  }

  find(manager: EntityManager, clusterId: string): Promise<StoredClusterHealth | null> {
    return manager.findOneBy(clusterHealthEntity, { clusterId });
  }

  /** In the order of registration; all of them unless a limit is given. */
  list(manager: EntityManager, { status, after }: HealthFilter, limit?: number): Promise<StoredClusterHealth[]> {
    return manager.find(clusterHealthEntity, {
      where: { ...(status ? { status } : {}), ...(after ? { clusterId: MoreThan(after) } : {}) },
      order: { clusterId: 'ASC' },
      take: limit,
    });
  }

  async save(tx: EntityManager, { clusterId, ...rest }: StoredClusterHealth): Promise<void> {
    await tx.update(clusterHealthEntity, { clusterId }, rest);
  }

  /** By type and name. */
  members(manager: EntityManager, clusterIds: readonly string[]): Promise<StoredMember[]> {
    if (clusterIds.length === 0) return Promise.resolve([]);
    return manager.find(memberHealthEntity, {
      where: { clusterId: In([...clusterIds]) },
      order: { type: 'DESC', name: 'ASC' },
    });
  }

  async saveMember(tx: EntityManager, member: StoredMember): Promise<void> {
    await tx.upsert(memberHealthEntity, member, ['clusterId', 'type', 'name']);
  }

  async dropMember(tx: EntityManager, { clusterId, type, name }: StoredMember): Promise<void> {
    await tx.delete(memberHealthEntity, { clusterId, type, name });
  }
}
