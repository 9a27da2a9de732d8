import { Clock, inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { millisecondsOf } from '../clusters/cluster-content';
import type { StoredCluster } from '../clusters/stored-cluster';
import { ClustersStore } from '../clusters/clusters.store';
import { ENDPOINT_TYPE } from './cluster-health';
import { HealthRecord } from './health-record';
import { HealthMetrics } from './health.metrics';
import { HealthStore } from './health.store';
import { afterSilence, hysteresisFor } from './member-health';
import type { StoredMember } from './stored-member';

/** A member silent for this long, in milliseconds, is forgotten when another of its kind is alive: it was scaled away. */
const FORGET_AFTER_MS = 24 * 3_600_000;

/** What silence did to a member. */
interface MemberChange {
  before: StoredMember;
  after: StoredMember;
  isForgotten: boolean;
}

/** Finds members that went silent. Several replicas may look at once; the cluster's lock lets one tell it. */
@Injectable()
export class SilenceCheck {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clusters: ClustersStore,
    private readonly store: HealthStore,
    private readonly record: HealthRecord,
    private readonly metrics: HealthMetrics,
    private readonly clock: Clock,
  ) {}

  /** Looks at every cluster once, and refreshes the gauges. `watchingSince`: when this process began to listen. */
  async run(watchingSince: Date): Promise<void> {
    const { manager } = this.dataSource;
    const clusters = await this.clusters.list(manager, {});
    const members = await this.store.members(
      manager,
      clusters.map(({ id }) => id),
    );
    const healths = await this.store.list(manager, {});
    const troubles = await this.record.allTroubles(manager, clusters);
    for (const cluster of clusters) {
      const isOwn = ({ clusterId }: { clusterId: string }): boolean => clusterId === cluster.id;
      const own = members.filter(isOwn);
      const health = healths.find(isOwn);
      if (!health) continue;
      const isSilent = this.changes(cluster, own, watchingSince).length > 0;
      const known = { health, members: own, troubles: troubles.filter(isOwn) };
      if (isSilent || (await this.record.isBehind(manager, cluster, known)))
        await this.change(cluster.id, watchingSince);
    }
    const names = new Map(clusters.map(({ id, name }) => [id, name]));
    this.metrics.show(await this.store.list(manager, {}), members, names);
  }

  private async change(clusterId: string, watchingSince: Date): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      const cluster = await this.clusters.lock(tx, clusterId);
      const health = cluster && (await this.store.find(tx, cluster.id));
      if (!cluster || !health) return;
      // Read again under the lock: a report may have come, or another replica may have done it.
      const members = await this.store.members(tx, [clusterId]);
      for (const change of this.changes(cluster, members, watchingSince)) await this.write(tx, change);
      await this.record.cluster(tx, cluster, health);
    });
  }

  private async write(tx: EntityManager, { before, after, isForgotten }: MemberChange): Promise<void> {
    if (isForgotten) await this.record.forget(tx, before, 'silent for a day, and others of its type are not');
    else await this.record.member(tx, before, after);
  }

  private changes(cluster: StoredCluster, members: readonly StoredMember[], watchingSince: Date): MemberChange[] {
    const now = this.clock.now();
    const syncIntervalMs = millisecondsOf(cluster.settings.sync_interval);
    const { holdMs } = hysteresisFor(millisecondsOf(cluster.settings.health_check_interval));
    const age = (member: StoredMember): number => now.getTime() - member.lastSeen.getTime();
    const heard = members.filter(({ type }) => type !== ENDPOINT_TYPE);
    return heard.flatMap((before): MemberChange[] => {
      const hasSuccessor = heard.some((other) => other.type === before.type && age(other) < FORGET_AFTER_MS);
      if (age(before) >= FORGET_AFTER_MS && hasSuccessor) return [{ before, after: before, isForgotten: true }];
      const after = { ...before, ...afterSilence(before, { now, watchingSince, syncIntervalMs, holdMs }) };
      return after.status === before.status ? [] : [{ before, after, isForgotten: false }];
    });
  }
}
