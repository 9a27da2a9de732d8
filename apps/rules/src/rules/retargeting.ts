import type { Actor, ClusterChanged, ClusterRetired } from '@alertagent/contracts';
import { AuditLog, Clock, Inbox, type Delivery } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { KnownCluster } from '../clusters/known-cluster';
import { KnownClustersStore } from '../clusters/known-clusters.store';
import { DistributionsMetrics, type Transition } from '../distributions/distributions.metrics';
import { ClusterTargeting } from './cluster-targeting';

const SYSTEM: Actor = { kind: 'system', id: 'rules', name: 'rules' };

/** Keeps rules where their selectors say while clusters come, change and go. Older news about a cluster changes nothing. */
@Injectable()
export class Retargeting {
  constructor(
    private readonly inbox: Inbox,
    private readonly clusters: KnownClustersStore,
    private readonly targeting: ClusterTargeting,
    private readonly audit: AuditLog,
    private readonly metrics: DistributionsMetrics,
    private readonly clock: Clock,
  ) {}

  /**
   * Rules whose selectors match the cluster's labels now are placed on it, those that only matched before are withdrawn. All are
   * withdrawn, also those that name it, from a cluster that takes none.
   */
  async changed(event: ClusterChanged, delivery: Delivery): Promise<void> {
    await this.once(event, delivery, async (tx, known) => {
      if (known.retiredAt || event.version <= known.version) return [];
      const now = this.clock.now();
      const closedAt = event.takes_rules === false ? (known.closedAt ?? now) : null;
      const cluster = { ...known, name: event.name, labels: event.labels, version: event.version, closedAt };
      await this.clusters.save(tx, cluster);
      const { placed, withdrawn, moved } = closedAt
        ? await this.targeting.withdrawAll(tx, event.cluster_id, now)
        : await this.targeting.apply(tx, known, cluster, now);
      if (moved.length > 0) await this.record(tx, event.cluster_id, { placed, withdrawn });
      return moved;
    });
  }

  /** Nobody watches the cluster any more, so nothing is claimed about it: its distributions end without proof of removal. */
  async retired(event: ClusterRetired, delivery: Delivery): Promise<void> {
    await this.once(event, delivery, async (tx, known) => {
      if (known.retiredAt) return [];
      await this.clusters.save(tx, { ...known, name: event.name, retiredAt: new Date(event.retired_at) });
      await this.targeting.end(tx, event.cluster_id);
      return [];
    });
  }

  private async once(
    { cluster_id, name }: { cluster_id: string; name: string },
    delivery: Delivery,
    work: (tx: EntityManager, known: KnownCluster) => Promise<Transition[]>,
  ): Promise<void> {
    let moved: Transition[] = [];
    await this.inbox.once(delivery, async (tx) => {
      await this.clusters.lockTargeting(tx);
      moved = await work(tx, await this.clusters.lock(tx, { id: cluster_id, name }));
    });
    this.metrics.record(moved);
  }

  private async record(tx: EntityManager, clusterId: string, after: object): Promise<void> {
    await this.audit.record(tx, {
      actor: SYSTEM,
      action: 'cluster.retargeted',
      resource_type: 'cluster',
      resource_id: clusterId,
      after,
    });
  }
}
