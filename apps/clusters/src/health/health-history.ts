import { ServiceError, type HealthChange, type HealthHistoryPage, type ListHealthHistory } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ClustersStore } from '../clusters/clusters.store';
import { assertCursor } from '../clusters/cursor';
import type { StoredHealthChange } from './health-history.entity';
import { HealthHistoryStore } from './health-history.store';

const DEFAULT_LIMIT = 50;

/** Tells how a cluster and its members were. */
@Injectable()
export class HealthHistory {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clusters: ClustersStore,
    private readonly store: HealthHistoryStore,
  ) {}

  /** Newest first. Errors: `not_found`; `invalid` when the cursor is none of ours. */
  async list({ cluster_id, member, cursor, limit }: ListHealthHistory): Promise<HealthHistoryPage> {
    assertCursor(cursor);
    const { manager } = this.dataSource;
    const cluster = await this.clusters.findAny(manager, cluster_id);
    if (!cluster) throw new ServiceError('not_found', 'there is no such cluster');
    const size = limit ?? DEFAULT_LIMIT;
    const found = await this.store.list(manager, { clusterId: cluster.id, member, before: cursor }, size + 1);
    const items = found.slice(0, size);
    return { items: items.map(changeView), next_cursor: found.length > size ? (items.at(-1)?.id ?? null) : null };
  }
}

const changeView = ({ id, type, member, status, previous, reason, at }: StoredHealthChange): HealthChange => ({
  id,
  type,
  member,
  status,
  previous,
  reason,
  at: at.toISOString(),
});
