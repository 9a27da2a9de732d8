import {
  clusterChanged,
  clusterRegistered,
  clusterRetired,
  type ClusterChanged,
  type ClusterRetired,
} from '@alertagent/contracts';
import { Inbox, OnEvent, type Delivery } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { KnownCluster } from './known-cluster.entity';

/** Keeps the gateway's knowledge of clusters up to date. */
@Controller()
export class KnownClustersHandlers {
  constructor(private readonly inbox: Inbox) {}

  @OnEvent(clusterRegistered)
  async onRegistered(event: ClusterChanged, delivery: Delivery): Promise<void> {
    await this.inbox.once(delivery, (tx) => this.learn(tx, event));
  }

  @OnEvent(clusterChanged)
  async onChanged(event: ClusterChanged, delivery: Delivery): Promise<void> {
    await this.inbox.once(delivery, (tx) => this.learn(tx, event));
  }

  @OnEvent(clusterRetired)
  async onRetired(event: ClusterRetired, delivery: Delivery): Promise<void> {
    await this.inbox.once(delivery, async (tx) => {
      await this.insertIfMissing(tx, { id: event.cluster_id, name: event.name, version: 0, retired_at: null });
      await tx.update(KnownCluster, { id: event.cluster_id }, { retired_at: Date.parse(event.retired_at) });
    });
  }

  /** The two events come over different consumers, so that the newer may be here first. */
  private async learn(tx: EntityManager, { cluster_id: id, name, version }: ClusterChanged): Promise<void> {
    await this.insertIfMissing(tx, { id, name, version, retired_at: null });
    await tx
      .createQueryBuilder()
      .update(KnownCluster)
      .set({ name, version })
      .where('id = :id AND version < :version', { id, version })
      .execute();
  }

  private async insertIfMissing(tx: EntityManager, cluster: KnownCluster): Promise<void> {
    await tx.createQueryBuilder().insert().into(KnownCluster).values(cluster).orIgnore().execute();
  }
}
