import { Clock, inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { millisecondsOf } from '../clusters/cluster-content';
import type { StoredCluster } from '../clusters/stored-cluster';
import { ClustersStore } from '../clusters/clusters.store';
import { HealthJudge } from './health-judge';
import { HealthMetrics } from './health.metrics';
import { HealthStore } from './health.store';
import { afterSilence } from './member-health';
import type { StoredMember } from './member-health.entity';

/** A member silent for this long, in milliseconds, is forgotten when another of its kind is alive: it was scaled away. */
const FORGET_AFTER_MS = 24 * 3_600_000;

/** What silence did to a member. */
interface MemberChange {
  member: StoredMember;
  isForgotten: boolean;
}

/** Finds members that went silent. Several replicas may look at once; the cluster's lock lets one tell it. */
@Injectable()
export class SilenceCheck {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clusters: ClustersStore,
    private readonly store: HealthStore,
    private readonly judge: HealthJudge,
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
    for (const cluster of clusters) {
      const own = members.filter(({ clusterId }) => clusterId === cluster.id);
      if (this.changes(cluster, own, watchingSince).length > 0) await this.change(cluster.id, watchingSince);
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
      const before = await this.store.members(tx, [clusterId]);
      for (const change of this.changes(cluster, before, watchingSince)) await this.write(tx, change);
      const members = await this.store.members(tx, [clusterId]);
      await this.judge.conclude(tx, { name: cluster.name, health, members });
    });
  }

  private async write(tx: EntityManager, { member, isForgotten }: MemberChange): Promise<void> {
    if (isForgotten) await this.store.dropMember(tx, member);
    else await this.store.saveMember(tx, member);
  }

  private changes(cluster: StoredCluster, members: readonly StoredMember[], watchingSince: Date): MemberChange[] {
    const now = this.clock.now();
    const syncIntervalMs = millisecondsOf(cluster.settings.sync_interval);
    const age = (member: StoredMember): number => now.getTime() - member.lastSeen.getTime();
    return members.flatMap((member): MemberChange[] => {
      const hasSuccessor = members.some((other) => other.type === member.type && age(other) < FORGET_AFTER_MS);
      if (age(member) >= FORGET_AFTER_MS && hasSuccessor) return [{ member, isForgotten: true }];
      const after = { ...member, ...afterSilence(member, { now, watchingSince, syncIntervalMs }) };
      return after.status === member.status ? [] : [{ member: after, isForgotten: false }];
    });
  }
}
