import {
  clusterChanged,
  clusterRegistered,
  clusterRetired,
  type Actor,
  type ClusterChanged,
} from '@alertagent/contracts';
import { AuditLog, Outbox } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { clusterView } from './cluster-view';
import type { StoredCluster } from './stored-cluster';

interface Change {
  before: StoredCluster;
  actor: Actor;
}

/** Tells the other services about a change of a cluster and writes it into the audit record, in the change's transaction. */
@Injectable()
export class ClusterRecord {
  constructor(
    private readonly outbox: Outbox,
    private readonly audit: AuditLog,
  ) {}

  async registered(tx: EntityManager, cluster: StoredCluster, actor: Actor): Promise<void> {
    await this.outbox.add(tx, clusterRegistered, fact(cluster));
    await this.audited(tx, { action: 'cluster.registered', actor, id: cluster.id, after: clusterView(cluster) });
  }

  async changed(tx: EntityManager, { before, after, actor }: Change & { after: StoredCluster }): Promise<void> {
    await this.outbox.add(tx, clusterChanged, fact(after));
    await this.audited(tx, {
      action: 'cluster.changed',
      actor,
      id: after.id,
      before: clusterView(before),
      after: clusterView(after),
    });
  }

  /** The first step of a retirement: its rules are to be withdrawn. */
  async retiring(tx: EntityManager, { before, after, actor }: Change & { after: StoredCluster }): Promise<void> {
    await this.outbox.add(tx, clusterChanged, fact(after));
    await this.audited(tx, {
      action: 'cluster.retiring',
      actor,
      id: after.id,
      before: clusterView(before),
      after: clusterView(after),
    });
  }

  async retired(
    tx: EntityManager,
    { before, after, actor }: Change & { after: StoredCluster & { retiredAt: Date } },
  ): Promise<void> {
    await this.outbox.add(tx, clusterRetired, {
      cluster_id: after.id,
      name: after.name,
      retired_at: after.retiredAt.toISOString(),
    });
    await this.audited(tx, {
      action: 'cluster.retired',
      actor,
      id: after.id,
      before: clusterView(before),
      after: clusterView(after),
    });
  }

  private async audited(
    tx: EntityManager,
    { id, ...change }: { action: string; actor: Actor; id: string; before?: object; after?: object },
  ): Promise<void> {
    await this.audit.record(tx, { ...change, resource_type: 'cluster', resource_id: id });
  }
}

const fact = ({ id, name, kind, labels, version, updatedAt, retiringAt }: StoredCluster): ClusterChanged => ({
  cluster_id: id,
  name,
  labels,
  version,
  changed_at: updatedAt.toISOString(),
  takes_rules: kind !== 'alertmanager' && retiringAt === null,
});
