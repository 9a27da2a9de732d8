import { clusterHealthChanged } from '@alertagent/contracts';
import { Clock, Outbox } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { millisecondsOf } from '../clusters/cluster-content';
import type { StoredCluster } from '../clusters/stored-cluster';
import { CanaryWatch } from '../canary/canary-watch';
import type { StoredTrouble } from './stored-trouble';
import { clusterStatus, ENDPOINT_TYPE } from './cluster-health';
import type { StoredClusterHealth } from './cluster-health.entity';
import { HealthHistoryStore } from './health-history.store';
import { HealthStore } from './health.store';
import { hasHeld, hysteresisFor } from './member-health';
import type { StoredMember } from './stored-member';
import { healthTroubles } from './health-troubles';
import { isSameTroubles, Troubles } from './troubles';

/** Writes down how members and clusters are, and tells the others when that changed. The caller has the cluster locked. */
@Injectable()
export class HealthRecord {
  constructor(
    private readonly store: HealthStore,
    private readonly history: HealthHistoryStore,
    private readonly troubles: Troubles,
    private readonly canary: CanaryWatch,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** A new cluster: nothing is known. */
  async begin(tx: EntityManager, clusterId: string, at: Date): Promise<void> {
    await this.store.begin(tx, clusterId, at);
  }

  members(tx: EntityManager, clusterId: string): Promise<StoredMember[]> {
    return this.store.members(tx, [clusterId]);
  }

  /** Writes a member as it is now; `before` is how it was. */
  async member(tx: EntityManager, before: StoredMember, after: StoredMember): Promise<void> {
    await this.store.saveMember(tx, after);
    if (before.status === after.status) return;
    const { clusterId, type, name, status, reason } = after;
    const at = after.changedAt ?? this.clock.now();
    await this.history.add(tx, { clusterId, type, member: name, status, previous: before.status, reason, at });
  }

  /** Forgets a member, for this reason. */
  async forget(tx: EntityManager, member: StoredMember, reason: string): Promise<void> {
    await this.store.dropMember(tx, member);
    if (member.status === 'unknown') return;
    const { clusterId, type, name, status } = member;
    const change = { status: 'unknown' as const, previous: status, reason, at: this.clock.now() };
    await this.history.add(tx, { clusterId, type, member: name, ...change });
  }

  /** The cluster was changed: what was known of its former address, or of a canary that is switched off, is not true any more. */
  async clusterChanged(tx: EntityManager, before: StoredCluster, after: StoredCluster): Promise<void> {
    const endpoints = (await this.store.members(tx, [after.id])).filter(({ type }) => type === ENDPOINT_TYPE);
    if (after.endpoint !== before.endpoint)
      for (const member of endpoints) await this.forget(tx, member, 'the address of the cluster was changed');
    if (!after.settings.canary) await this.canary.drop(tx, after.id);
    const health = await this.store.find(tx, after.id);
    if (health) await this.cluster(tx, after, health);
  }

  /** Forgets a cluster that is retired, and its members; how they were stays to be looked up. */
  async end(tx: EntityManager, cluster: StoredCluster): Promise<void> {
    for (const member of await this.store.members(tx, [cluster.id]))
      await this.forget(tx, member, 'the cluster was retired');
    await this.troubles.settle(tx, cluster, []);
    await this.canary.drop(tx, cluster.id);
    await this.store.drop(tx, cluster.id);
  }

  /** Writes `health` with the status that follows from the members as they are stored, once the present one has held for its time. */
  async cluster(tx: EntityManager, cluster: StoredCluster, health: StoredClusterHealth): Promise<void> {
    const members = await this.store.members(tx, [cluster.id]);
    const after = await this.concluded(tx, cluster, health, clusterStatus(members));
    await this.store.save(tx, after);
    await this.troubles.settle(tx, cluster, await this.troublesOf(tx, cluster, after, members));
  }

  /** What others were told is wrong with these clusters. */
  allTroubles(manager: EntityManager, clusters: readonly StoredCluster[]): Promise<StoredTrouble[]> {
    return this.troubles.list(
      manager,
      clusters.map(({ id }) => id),
    );
  }

  /** Whether time alone made another of a cluster: a status that had to hold may change, a canary is missing. */
  async isBehind(
    manager: EntityManager,
    cluster: StoredCluster,
    {
      health,
      members,
      troubles,
    }: { health: StoredClusterHealth; members: readonly StoredMember[]; troubles: readonly StoredTrouble[] },
  ): Promise<boolean> {
    if (clusterStatus(members).status !== health.status) return true;
    return !isSameTroubles(troubles, await this.troublesOf(manager, cluster, health, members));
  }

  private async troublesOf(
    manager: EntityManager,
    cluster: StoredCluster,
    health: StoredClusterHealth,
    members: readonly StoredMember[],
  ): Promise<StoredTrouble[]> {
    const ofPath = await this.canary.troubles(manager, cluster, members);
    return [...healthTroubles(cluster.id, health, members), ...ofPath];
  }

  private async concluded(
    tx: EntityManager,
    cluster: StoredCluster,
    health: StoredClusterHealth,
    { status, reason }: Pick<StoredClusterHealth, 'status' | 'reason'>,
  ): Promise<StoredClusterHealth> {
    const now = this.clock.now();
    const { holdMs } = hysteresisFor(millisecondsOf(cluster.settings.health_check_interval));
    if (status === health.status) return { ...health, reason };
    if (health.status !== 'unknown' && !hasHeld(health.changedAt, now, holdMs)) return health;
    const change = { status, previous: health.status, reason };
    await this.history.add(tx, { clusterId: cluster.id, type: null, member: null, ...change, at: now });
    await this.outbox.add(tx, clusterHealthChanged, {
      cluster_id: cluster.id,
      name: cluster.name,
      ...change,
      changed_at: now.toISOString(),
    });
    return { ...health, status, reason, changedAt: now };
  }
}
