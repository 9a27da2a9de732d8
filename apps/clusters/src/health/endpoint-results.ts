import { Clock, inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { millisecondsOf } from '../clusters/cluster-content';
import type { StoredCluster } from '../clusters/stored-cluster';
import { ClustersStore } from '../clusters/clusters.store';
import { countCheck, ENDPOINT_TYPE } from './cluster-health';
import type { EndpointLook } from './endpoint-check';
import { HealthRecord } from './health-record';
import { HealthStore } from './health.store';
import { afterCheck, hysteresisFor, newMember } from './member-health';
import { UNSHOWN, type StoredMember } from './stored-member';

/** Writes down what looks at the clusters' own addresses said. An address is kept like a member, and its status follows as slowly. */
@Injectable()
export class EndpointResults {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clusters: ClustersStore,
    private readonly store: HealthStore,
    private readonly record: HealthRecord,
    private readonly clock: Clock,
  ) {}

  /** `seen` is the cluster as it was when its address was looked at. */
  async take(seen: StoredCluster, look: EndpointLook): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      const cluster = await this.clusters.lock(tx, seen.id);
      const health = cluster && (await this.store.find(tx, cluster.id));
      if (!cluster || !health || !cluster.endpoint || cluster.endpoint !== seen.endpoint) return;
      const at = this.clock.now();
      const identity = {
        clusterId: cluster.id,
        type: ENDPOINT_TYPE,
        name: new URL(cluster.endpoint).host.slice(0, 200),
      };
      const known = (await this.store.members(tx, [cluster.id])).find(({ type }) => type === ENDPOINT_TYPE);
      const before: StoredMember = known ?? { ...identity, ...newMember(at), ...UNSHOWN };
      if (look.healthy === null) {
        const isNews = before.status !== 'unknown' || before.reason !== look.reason;
        const changedAt = before.status === 'unknown' ? before.changedAt : at;
        const after: StoredMember = { ...before, status: 'unknown', reason: look.reason, responseMs: null, changedAt };
        if (isNews) await this.record.member(tx, before, after);
        if (isNews) await this.record.cluster(tx, cluster, health);
        return;
      }
      const check = { at, healthy: look.healthy, reason: look.reason };
      const hysteresis = hysteresisFor(millisecondsOf(cluster.settings.health_check_interval));
      const after = { ...before, ...afterCheck(before, check, hysteresis), responseMs: look.responseMs };
      await this.record.member(tx, before, after);
      const isCheck = after.lastCheck !== before.lastCheck;
      const checks = isCheck ? countCheck(health.checks, at, look.healthy) : health.checks;
      await this.record.cluster(tx, cluster, { ...health, checks, lastCheck: at });
    });
  }
}
