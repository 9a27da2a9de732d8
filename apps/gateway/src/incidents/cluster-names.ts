import { Injectable } from '@nestjs/common';
import { DataSource, In, IsNull, type EntityManager } from 'typeorm';
import { KnownCluster } from './known-cluster.entity';

/** Clusters that may have had one name, retired ones included. */
const MOST_NAMED = 20;

/** Names of clusters, from this service's own projection. */
@Injectable()
export class ClusterNames {
  constructor(private readonly dataSource: DataSource) {}

  /** By id; a cluster that was not announced yet is missing. `tx` for readers inside a transaction. */
  async of(ids: readonly string[], tx?: EntityManager): Promise<ReadonlyMap<string, string>> {
    const wanted = [...new Set(ids)];
    if (wanted.length === 0) return new Map();
    const rows = await (tx ?? this.dataSource.manager).findBy(KnownCluster, { id: In(wanted) });
    return new Map(rows.map(({ id, name }) => [id, name]));
  }

  /** The id of the registered cluster with this id or name; null when there is none. */
  async registered(idOrName: string): Promise<string | null> {
    const [cluster] = await this.dataSource.manager.findBy(KnownCluster, [
      { id: idOrName, retired_at: IsNull() },
      { name: idOrName, retired_at: IsNull() },
    ]);
    return cluster?.id ?? null;
  }

  /** Ids of the clusters with this id or name; what nobody has announced can still be an id. */
  async named(idOrName: string): Promise<string[]> {
    const rows = await this.dataSource.manager.find(KnownCluster, { where: { name: idOrName }, take: MOST_NAMED });
    return [...new Set([idOrName, ...rows.map(({ id }) => id)])];
  }
}
