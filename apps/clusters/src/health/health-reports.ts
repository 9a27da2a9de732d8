import type { MemberReported } from '@alertagent/contracts';
import { Inbox, type Delivery } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { millisecondsOf } from '../clusters/cluster-content';
import type { StoredCluster } from '../clusters/stored-cluster';
import { CanaryWatch } from '../canary/canary-watch';
import { ClustersStore } from '../clusters/clusters.store';
import { Retirements } from '../retirement/retirements';
import { countCheck } from './cluster-health';
import { HealthRecord } from './health-record';
import { HealthStore } from './health.store';
import { afterCheck, hysteresisFor, newMember } from './member-health';
import { UNSHOWN, type StoredMember } from './stored-member';
import { checkOf, clockAheadOf, isBare } from './report-check';

/** What the members' sidecars say about themselves and their targets. Reports may come twice and in any order. */
@Injectable()
export class HealthReports {
  constructor(
    private readonly inbox: Inbox,
    private readonly clusters: ClustersStore,
    private readonly store: HealthStore,
    private readonly record: HealthRecord,
    private readonly retirements: Retirements,
    private readonly canary: CanaryWatch,
  ) {}

  async handle(event: MemberReported, delivery: Delivery): Promise<void> {
    await this.inbox.once(delivery, async (tx) => {
      const cluster = await this.clusters.lock(tx, event.cluster_id);
      const health = cluster && (await this.store.find(tx, cluster.id));
      // Retired meanwhile: nobody is to be told about it any more.
      if (!cluster || !health) return;
      const at = new Date(event.reported_at);
      const isCheck = await this.heard(tx, cluster, event);
      await this.canary.reported(tx, cluster, event);
      if (await this.retirements.settle(tx, cluster)) return;
      const checks = isCheck ? countCheck(health.checks, at, event.target?.healthy ?? false) : health.checks;
      const lastCheck = health.lastCheck && health.lastCheck > at ? health.lastCheck : at;
      await this.record.cluster(tx, cluster, { ...health, checks, lastCheck });
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
    const before: StoredMember = known ?? { ...identity, ...newMember(at), ...UNSHOWN };
    const hysteresis = hysteresisFor(millisecondsOf(cluster.settings.health_check_interval));
    const after = afterCheck(before, checkOf(event), hysteresis);
    const isOld = known !== undefined && after === before;
    if (isOld) return false;
    await this.record.member(tx, before, {
      ...before,
      ...after,
      kind: event.target?.kind ?? before.kind,
      version: event.target?.version ?? before.version,
      responseMs: event.target ? (event.target.response_ms ?? null) : before.responseMs,
      clockAheadMs: clockAheadOf(event) ?? before.clockAheadMs,
      bareAt: isBare(event) ? at : null,
    });
    return after.lastCheck !== before.lastCheck;
  }
}
