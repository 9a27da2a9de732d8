import { clusterHealthChanged } from '@alertagent/contracts';
import { Clock, Outbox } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { clusterStatus } from './cluster-health';
import type { StoredClusterHealth } from './cluster-health.entity';
import { HealthStore } from './health.store';
import type { StoredMember } from './member-health.entity';

/** Concludes from the members how their cluster is, and tells the others when that changed. */
@Injectable()
export class HealthJudge {
  constructor(
    private readonly store: HealthStore,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** Writes `health` with the status that follows from `members`. The caller has the cluster locked. */
  async conclude(
    tx: EntityManager,
    { name, health, members }: { name: string; health: StoredClusterHealth; members: readonly StoredMember[] },
  ): Promise<void> {
    const { status, reason } = clusterStatus(members);
    if (status === health.status) {
      await this.store.save(tx, { ...health, reason });
      return;
    }
    const now = this.clock.now();
    await this.store.save(tx, { ...health, status, reason, changedAt: now });
    await this.outbox.add(tx, clusterHealthChanged, {
      cluster_id: health.clusterId,
      name,
      status,
      previous: health.status,
      reason,
      changed_at: now.toISOString(),
    });
  }
}
