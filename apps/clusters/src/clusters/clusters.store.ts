import type { ClusterStatus } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { In, IsNull, type EntityManager } from 'typeorm';
import { clusterEntity } from './cluster.entity';
import type { StoredCluster } from './stored-cluster';

/** Which clusters a list shows. */
export interface ClusterFilter {
  /** Part of the name, case ignored. */
  name?: string | null;
  /** Active and retiring ones unless told. */
  status?: ClusterStatus | null;
  /** Only clusters registered after the one with this id. */
  after?: string | null;
}

const CONDITIONS: Record<ClusterStatus | 'any', string> = {
  any: 'cluster.retiredAt IS NULL',
  active: 'cluster.retiredAt IS NULL AND cluster.retiringAt IS NULL',
  retiring: 'cluster.retiredAt IS NULL AND cluster.retiringAt IS NOT NULL',
  retired: 'cluster.retiredAt IS NOT NULL',
};

/** Clusters; retired ones are answered only to those who ask for them. */
@Injectable()
export class ClustersStore {
  /** The cluster with this id, else the one with this name. */
  async find(manager: EntityManager, idOrName: string): Promise<StoredCluster | null> {
    const found = await manager.findBy(clusterEntity, [
      { id: idOrName, retiredAt: IsNull() },
      { activeName: idOrName },
    ]);
    return found.find(({ id }) => id === idOrName) ?? found[0] ?? null;
  }

  /** The same, or the retired cluster with this id. */
  async findAny(manager: EntityManager, idOrName: string): Promise<StoredCluster | null> {
    return (await this.find(manager, idOrName)) ?? manager.findOneBy(clusterEntity, { id: idOrName });
  }

  /** The same as `find`, locked until commit: for work that must see the cluster's last tokens, members or retirement. */
  async lock(tx: EntityManager, idOrName: string): Promise<StoredCluster | null> {
    const found = await this.find(tx, idOrName);
    // SQLite runs one transaction at a time, has no row locks and refuses to be asked for one.
    if (!found || tx.dataSource.options.type === 'better-sqlite3') return found;
    return tx.findOne(clusterEntity, {
      where: { id: found.id, retiredAt: IsNull() },
      lock: { mode: 'pessimistic_write' },
    });
  }

  /** In the order of registration. */
  list(manager: EntityManager, filter: ClusterFilter, limit?: number): Promise<StoredCluster[]> {
    const query = manager.createQueryBuilder(clusterEntity, 'cluster').where(CONDITIONS[filter.status ?? 'any']);
    if (filter.after) query.andWhere('cluster.id > :after', { after: filter.after });
    // Names are ASCII, which LOWER folds alike on every database.
    if (filter.name)
      query.andWhere("LOWER(cluster.name) LIKE :name ESCAPE '!'", {
        name: `%${escapeLike(filter.name.toLowerCase())}%`,
      });
    return query.orderBy('cluster.id', 'ASC').take(limit).getMany();
  }

  /** Those with these ids, retired ones included. */
  byIds(manager: EntityManager, ids: readonly string[]): Promise<StoredCluster[]> {
    return ids.length === 0 ? Promise.resolve([]) : manager.findBy(clusterEntity, { id: In([...ids]) });
  }

  /** Errors: a unique violation when the name is taken. */
  async insert(tx: EntityManager, cluster: StoredCluster): Promise<void> {
    await tx.insert(clusterEntity, cluster);
  }

  /**
   * Writes the next version of a cluster, unless somebody else wrote it first: answers false then. Errors: a unique
   * violation when the name is taken.
   */
  async replace(tx: EntityManager, cluster: StoredCluster): Promise<boolean> {
    const { id, ...rest } = cluster;
    const { affected } = await tx.update(
      clusterEntity,
      { id, version: cluster.version - 1, retiredAt: IsNull() },
      rest,
    );
    return affected === 1;
  }
}

const escapeLike = (text: string): string => text.replace(/[!%_]/g, (character) => `!${character}`);
