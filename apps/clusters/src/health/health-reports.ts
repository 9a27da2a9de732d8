import type { MemberReported } from '@alertagent/contracts';
import { Inbox, type Delivery } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { millisecondsOf } from '../clusters/cluster-content';
import type { StoredCluster } from '../clusters/stored-cluster';
import { ClustersStore } from '../clusters/clusters.store';
import { countCheck } from './cluster-health';
import { HealthJudge } from './health-judge';
import { HealthStore } from './health.store';
import { afterCheck, newMember } from './member-health';
import type { StoredMember } from './member-health.entity';

/** What the members' sidecars say about themselves and their targets. Reports may come twice and in any order. */
@Injectable()
export class HealthReports {
  constructor(
    private readonly inbox: Inbox,
    private readonly clusters: ClustersStore,
    private readonly store: HealthStore,
    private readonly judge: HealthJudge,
  ) {}

  async handle(event: MemberReported, delivery: Delivery): Promise<void> {
    await this.inbox.once(delivery, async (tx) => {
      const cluster = await this.clusters.lock(tx, event.cluster_id);
      const health = cluster && (await this.store.find(tx, cluster.id));
      // Retired meanwhile: nobody is to be told about it any more.
      if (!cluster || !health) return;
      const at = new Date(event.reported_at);
      const isCheck = await this.heard(tx, cluster, event);
      const checks = isCheck ? countCheck(health.checks, at, event.target?.healthy ?? false) : health.checks;
      const lastCheck = health.lastCheck && health.lastCheck > at ? health.lastCheck : at;
      const members = await this.store.members(tx, [cluster.id]);
      await this.judge.conclude(tx, { name: cluster.name, health: { ...health, checks, lastCheck }, members });
    });
  }

  /** Answers whether the report counts as a check of the member's target. */
  private async heard(tx: EntityManager, cluster: StoredCluster, event: MemberReported): Promise<boolean> {
    const at = new Date(event.reported_at);
    // Blanks at the end would make two names of one on MySQL.
    const identity = { clusterId: cluster.id, type: event.type, name: event.member.trim() };
    const known = (await this.store.members(tx, [cluster.id])).find(
      ({ type, name }) => type === identity.type && name === identity.name,
    );
    const before: StoredMember = known ?? { ...identity, ...newMember(at), version: null, responseMs: null };
    const check = {
      at,
      healthy: event.target?.healthy ?? null,
      reason: event.reason ?? 'its target does not answer well',
    };
    // Half an interval: heartbeats jitter, the steps of one configuration change come much closer.
    const after = afterCheck(before, check, millisecondsOf(cluster.settings.health_check_interval) / 2);
    const isOld = known !== undefined && after === before;
    if (isOld) return false;
    await this.store.saveMember(tx, {
      ...before,
      ...after,
      version: event.target?.version ?? before.version,
      responseMs: event.target ? (event.target.response_ms ?? null) : before.responseMs,
    });
    return after.lastCheck !== before.lastCheck;
  }
}
