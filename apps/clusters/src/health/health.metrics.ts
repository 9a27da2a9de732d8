import { CLUSTER_HEALTH_STATES } from '@alertagent/contracts';
import { Metrics } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { medianResponse } from './cluster-health';
import type { StoredClusterHealth } from './cluster-health.entity';
import type { StoredMember } from './stored-member';

/** More clusters than this count together as `other`. */
const MAX_CLUSTERS = 500;

/** How the clusters are, one series per cluster and state. */
@Injectable()
export class HealthMetrics {
  private readonly status;
  private readonly response;
  private shown = new Set<string>();

  constructor(metrics: Metrics) {
    this.status = metrics.states({
      name: 'cluster_health_status',
      help: 'Health of a cluster: 1 for the state it is in, 0 for the others.',
      labels: { cluster: { max: MAX_CLUSTERS } },
      states: CLUSTER_HEALTH_STATES,
    });
    this.response = metrics.gauge({
      name: 'cluster_response_time_seconds',
      help: "Median response time of the members' own health endpoints.",
      labels: { cluster: { max: MAX_CLUSTERS } },
    });
  }

  /** Replaces everything shown; clusters that are gone leave no series behind. `names`: by cluster id. */
  show(
    health: readonly StoredClusterHealth[],
    members: readonly StoredMember[],
    names: ReadonlyMap<string, string>,
  ): void {
    const gone = new Set(this.shown);
    this.shown = new Set();
    for (const { clusterId, status } of health) {
      const cluster = names.get(clusterId);
      if (cluster === undefined) continue;
      this.status.set({ cluster }, status);
      const responseMs = medianResponse(members.filter((member) => member.clusterId === clusterId));
      if (responseMs !== null) this.response.set({ cluster }, responseMs / 1000);
      this.shown.add(cluster);
      gone.delete(cluster);
    }
    for (const cluster of gone) {
      this.status.remove({ cluster });
      this.response.remove({ cluster });
    }
  }
}
