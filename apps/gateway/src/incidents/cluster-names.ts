import { Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import { KnownCluster } from './known-cluster.entity';

/** Names of clusters, from this service's own projection. */
@Injectable()
export class ClusterNames {
  constructor(private readonly dataSource: DataSource) {}

  /** By id; a cluster that was not announced yet is missing. */
  async of(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const wanted = [...new Set(ids)];
    if (wanted.length === 0) return new Map();
    const rows = await this.dataSource.manager.findBy(KnownCluster, { id: In(wanted) });
    return new Map(rows.map(({ id, name }) => [id, name]));
  }
}
