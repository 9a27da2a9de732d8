import { canaryHeard, type CanaryHeard } from '@alertagent/contracts';
import { Inbox, OnEvent, type Delivery } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { ClustersStore } from '../clusters/clusters.store';
import { HealthRecord } from '../health/health-record';
import { HealthStore } from '../health/health.store';
import { CanaryWatch } from './canary-watch';

/** What the gateway says about canaries that it saw. */
@Controller()
export class CanaryHandlers {
  constructor(
    private readonly inbox: Inbox,
    private readonly clusters: ClustersStore,
    private readonly watch: CanaryWatch,
    private readonly health: HealthStore,
    private readonly record: HealthRecord,
  ) {}

  @OnEvent(canaryHeard)
  async onHeard({ cluster_id, place, instance, heard_at }: CanaryHeard, delivery: Delivery): Promise<void> {
    await this.inbox.once(delivery, async (tx) => {
      const cluster = await this.clusters.lock(tx, cluster_id);
      const health = cluster && (await this.health.find(tx, cluster.id));
      if (!cluster || !health) return;
      await this.watch.heard(tx, cluster, { place, instance, at: new Date(heard_at) });
      await this.record.cluster(tx, cluster, health);
    });
  }
}
