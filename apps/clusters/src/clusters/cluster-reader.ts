import {
  ServiceError,
  type ClusterPage,
  type ClusterView,
  type ListClusters,
  type ResolvedTargets,
  type ResolveTargets,
  type RuleTarget,
} from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { clusterView } from './cluster-view';
import type { StoredCluster } from './stored-cluster';
import { ClustersStore } from './clusters.store';
import { assertCursor } from './cursor';

const DEFAULT_LIMIT = 50;

/** Answers questions about clusters. */
@Injectable()
export class ClusterReader {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: ClustersStore,
  ) {}

  /** By id or name; a retired one by its id. Errors: `not_found`. */
  async get(idOrName: string): Promise<ClusterView> {
    const found = await this.store.findAny(this.dataSource.manager, idOrName);
    if (!found) throw noCluster();
    return clusterView(found);
  }

  /** In the order of registration. Errors: `invalid` when the cursor is none of ours. */
  async list({ cursor, limit, name, status }: ListClusters): Promise<ClusterPage> {
    assertCursor(cursor);
    const size = limit ?? DEFAULT_LIMIT;
    const found = await this.store.list(this.dataSource.manager, { name, status, after: cursor }, size + 1);
    const items = found.slice(0, size);
    return { items: items.map(clusterView), next_cursor: found.length > size ? (items.at(-1)?.id ?? null) : null };
  }

  /**
   * Which clusters these targets mean now. A selector that matches nothing is no error: clusters may come. Clusters that evaluate no
   * rules, or soon none any more, are unknown here.
   */
  async resolve({ targets }: ResolveTargets): Promise<ResolvedTargets> {
    const active = await this.store.list(this.dataSource.manager, { status: 'active' });
    const clusters = active.filter(({ kind }) => kind !== 'alertmanager');
    const byId = new Map(clusters.map((cluster) => [cluster.id, cluster]));
    const byName = new Map(clusters.map((cluster) => [cluster.name, cluster]));
    const meant = new Map<string, StoredCluster>();
    const unknown: string[] = [];
    for (const target of targets) {
      const found =
        typeof target === 'string'
          ? [byId.get(target) ?? byName.get(target)]
          : clusters.filter((cluster) => selects(target, cluster));
      for (const cluster of found) if (cluster) meant.set(cluster.id, cluster);
      if (typeof target === 'string' && !found[0]) unknown.push(target);
    }
    return { clusters: [...meant.values()].map(({ id, name }) => ({ id, name })), unknown };
  }

  private async expect(idOrName: string): Promise<StoredCluster> {
    const found = await this.store.find(this.dataSource.manager, idOrName);
    if (!found) throw noCluster();
    return found;
  }
}

const noCluster = (): ServiceError => new ServiceError('not_found', 'there is no such cluster');

const selects = (target: Exclude<RuleTarget, string>, cluster: StoredCluster): boolean =>
  Object.entries(target.labels).every(([name, value]) => cluster.labels[name] === value);
