import type { ClusterRef } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import {
  In,
  IsNull,
  type EntityManager,
  type EntitySchema,
  type ObjectLiteral,
  type SelectQueryBuilder,
} from 'typeorm';
import { clusterMemberEntity } from './cluster-member.entity';
import type { ClusterMember } from './cluster-member';
import { knownClusterEntity } from './known-cluster.entity';
import type { KnownCluster } from './known-cluster';
import { targetingLockEntity } from './targeting-lock.entity';

/** A member silent for this long, in milliseconds, is taken for gone: a replica that was scaled away must not hold rules back for ever. */
export const FORGET_MEMBER_AFTER_MS = 24 * 3_600_000;

/** The clusters and members this service has heard of, and the locks that order work on them. */
@Injectable()
export class KnownClustersStore {
  /**
   * Taken first by whoever decides which rules run on which clusters. Without it a rule saved while a cluster is being
   * registered could miss that cluster, and the registration could miss the rule.
   */
  async lockTargeting(tx: EntityManager): Promise<void> {
    await forUpdate(tx, tx.createQueryBuilder(targetingLockEntity, 'targeting').where('targeting.id = 1')).getOne();
  }

  /** Locks a cluster's distributions until commit, so that statuses are computed from all reports; makes an unknown cluster known. */
  async lock(tx: EntityManager, { id, name }: ClusterRef): Promise<KnownCluster> {
    const known = await this.lockedRow(tx, id);
    if (known) return known;
    // No event about it has arrived yet; version 0 lets any that comes replace this.
    const placeholder = { clusterId: id, name, labels: {}, version: 0, closedAt: null, retiredAt: null };
    await insertIfMissing(tx, knownClusterEntity, placeholder);
    return (await this.lockedRow(tx, id)) ?? placeholder;
  }

  /** As `lock`, for many. In one order everywhere, or two transactions could wait for each other. */
  async lockAll(tx: EntityManager, clusters: readonly ClusterRef[]): Promise<void> {
    if (clusters.length === 0) return;
    const ids = clusters.map(({ id }) => id);
    const query = tx
      .createQueryBuilder(knownClusterEntity, 'cluster')
      .where({ clusterId: In(ids) })
      .orderBy('cluster.clusterId', 'ASC');
    const known = new Set((await forUpdate(tx, query).getMany()).map(({ clusterId }) => clusterId));
    const unknown = clusters.filter(({ id }) => !known.has(id)).sort((a, b) => (a.id < b.id ? -1 : 1));
    for (const cluster of unknown) await this.lock(tx, cluster);
  }

  async save(tx: EntityManager, cluster: KnownCluster): Promise<void> {
    const { clusterId, ...rest } = cluster;
    await tx.update(knownClusterEntity, { clusterId }, rest);
  }

  /** All clusters that rules may be placed on. */
  active(manager: EntityManager): Promise<KnownCluster[]> {
    return manager.findBy(knownClusterEntity, { closedAt: IsNull(), retiredAt: IsNull() });
  }

  /** Clusters by id, retired ones included. */
  async byIds(manager: EntityManager, ids: readonly string[]): Promise<Map<string, KnownCluster>> {
    const found = ids.length === 0 ? [] : await manager.findBy(knownClusterEntity, { clusterId: In([...ids]) });
    return new Map(found.map((cluster) => [cluster.clusterId, cluster]));
  }

  /** The id of the active cluster with this id or name; null when there is none. */
  async findId(manager: EntityManager, idOrName: string): Promise<string | null> {
    const found = await manager.findBy(knownClusterEntity, [
      { clusterId: idOrName, retiredAt: IsNull() },
      { name: idOrName, retiredAt: IsNull() },
    ]);
    return (found.find(({ clusterId }) => clusterId === idOrName) ?? found[0])?.clusterId ?? null;
  }

  /** The members of these clusters that still count at `now`, by cluster id. */
  async members(
    manager: EntityManager,
    clusterIds: readonly string[],
    now: Date,
  ): Promise<Map<string, ClusterMember[]>> {
    const result = new Map<string, ClusterMember[]>(clusterIds.map((id) => [id, []]));
    if (clusterIds.length === 0) return result;
    const rows = await manager.find(clusterMemberEntity, {
      where: { clusterId: In([...clusterIds]) },
      order: { name: 'ASC' },
    });
    for (const row of rows) {
      if (now.getTime() - row.lastHeard.getTime() < FORGET_MEMBER_AFTER_MS) result.get(row.clusterId)?.push(row);
    }
    return result;
  }

  member(tx: EntityManager, clusterId: string, name: string): Promise<ClusterMember | null> {
    return tx.findOneBy(clusterMemberEntity, { clusterId, name });
  }

  async saveMember(tx: EntityManager, member: ClusterMember): Promise<void> {
    await tx.upsert(clusterMemberEntity, member, ['clusterId', 'name']);
  }

  async dropMembers(tx: EntityManager, clusterId: string): Promise<void> {
    await tx.delete(clusterMemberEntity, { clusterId });
  }

  private lockedRow(tx: EntityManager, clusterId: string): Promise<KnownCluster | null> {
    const query = tx
      .createQueryBuilder(knownClusterEntity, 'cluster')
      .where('cluster.clusterId = :clusterId', { clusterId });
    return forUpdate(tx, query).getOne();
  }
}

/** SQLite runs one transaction at a time, has no row locks and refuses to be asked for one. */
function forUpdate<T extends ObjectLiteral>(tx: EntityManager, query: SelectQueryBuilder<T>): SelectQueryBuilder<T> {
  return tx.dataSource.options.type === 'better-sqlite3' ? query : query.setLock('pessimistic_write');
}

async function insertIfMissing<T extends ObjectLiteral>(
  tx: EntityManager,
  entity: EntitySchema<T>,
  row: T,
): Promise<void> {
  await tx.createQueryBuilder().insert().into(entity).values(row).orIgnore().execute();
}
