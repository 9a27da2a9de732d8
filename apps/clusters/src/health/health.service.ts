import type { ClusterHealthPage, ListClusterHealth } from '@alertagent/contracts';
import { Clock } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CanaryWatch } from '../canary/canary-watch';
import { ClustersStore } from '../clusters/clusters.store';
import { assertCursor } from '../clusters/cursor';
import { healthView } from './health-view';
import { HealthStore } from './health.store';
import { Troubles } from './troubles';

const DEFAULT_LIMIT = 50;

/** Tells how the clusters are. */
@Injectable()
export class HealthService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: HealthStore,
    private readonly troubles: Troubles,
    private readonly canary: CanaryWatch,
    private readonly clusters: ClustersStore,
    private readonly clock: Clock,
  ) {}

  /** In the order of registration. Errors: `invalid` when the cursor is none of ours. */
  async list({ cursor, limit, status }: ListClusterHealth): Promise<ClusterHealthPage> {
    assertCursor(cursor);
    const { manager } = this.dataSource;
    const size = limit ?? DEFAULT_LIMIT;
    const found = await this.store.list(manager, { status, after: cursor }, size + 1);
    const page = found.slice(0, size);
    const ids = page.map(({ clusterId }) => clusterId);
    const clusters = await this.clusters.byIds(manager, ids);
    const members = await this.store.members(manager, ids);
    const troubles = await this.troubles.list(manager, ids);
    const sightings = await this.canary.sightings(manager, ids);
    const now = this.clock.now();
    const items = page.flatMap((health) => {
      const isOwn = ({ clusterId }: { clusterId: string }): boolean => clusterId === health.clusterId;
      const cluster = clusters.find(({ id }) => id === health.clusterId);
      // Retired between the two reads.
      if (!cluster) return [];
      const own = { members: members.filter(isOwn), sightings: sightings.filter(isOwn) };
      const pathStatus = this.canary.status(cluster, own.members, own.sightings);
      return [healthView({ cluster, health, ...own, troubles: troubles.filter(isOwn), pathStatus }, now)];
    });
    return { items, next_cursor: found.length > size ? (ids.at(-1) ?? null) : null };
  }
}
