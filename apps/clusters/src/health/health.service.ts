import { capabilitiesOf } from '@alertagent/alerting';
import type { ClusterHealthPage, ClusterHealthView, ListClusterHealth, MemberHealth } from '@alertagent/contracts';
import { Clock } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ClustersStore } from '../clusters/clusters.store';
import { assertCursor } from '../clusters/cursor';
import { medianResponse, successRate } from './cluster-health';
import type { StoredTrouble } from './cluster-trouble.entity';
import type { StoredClusterHealth } from './cluster-health.entity';
import { HealthStore } from './health.store';
import type { StoredMember } from './member-health.entity';
import { Troubles, troubleView } from './troubles';

const DEFAULT_LIMIT = 50;

/** Tells how the clusters are. */
@Injectable()
export class HealthService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: HealthStore,
    private readonly troubles: Troubles,
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
    const names = await this.clusters.names(manager, ids);
    const members = await this.store.members(manager, ids);
    const troubles = await this.troubles.list(manager, ids);
    const items = page.map((health) => {
      const isOwn = ({ clusterId }: { clusterId: string }): boolean => clusterId === health.clusterId;
      const name = names.get(health.clusterId) ?? health.clusterId;
      return this.view(health, name, members.filter(isOwn), troubles.filter(isOwn));
    });
    return { items, next_cursor: found.length > size ? (ids.at(-1) ?? null) : null };
  }

  private view(
    health: StoredClusterHealth,
    name: string,
    members: readonly StoredMember[],
    troubles: readonly StoredTrouble[],
  ): ClusterHealthView {
    const responseMs = medianResponse(members);
    return {
      id: health.clusterId,
      name,
      status: health.status,
      last_check: health.lastCheck?.toISOString() ?? null,
      metrics: {
        response_time: responseMs === null ? null : `${Math.round(responseMs)}ms`,
        success_rate: successRate(health.checks, this.clock.now()),
      },
      members: members.map(memberView),
      troubles: troubles.map(troubleView),
    };
  }
}

const memberView = (member: StoredMember): MemberHealth => ({
  name: member.name,
  type: member.type,
  status: member.status,
  reason: member.reason,
  kind: member.kind,
  version: member.version,
  capabilities: capabilitiesOf(member.kind, member.version),
  clock_ahead_ms: member.clockAheadMs === null ? null : Math.round(member.clockAheadMs),
  since: member.changedAt?.toISOString() ?? null,
  last_seen: member.lastSeen.toISOString(),
  response_ms: member.responseMs,
});
