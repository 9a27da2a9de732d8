import { OWN_FORMAT } from '@alertagent/alerting';
import { clusterTroubleChanged, type ClusterTroubleChanged } from '@alertagent/contracts';
import { Clock, Inbox, newId, OnEvent, type Delivery } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { InboxQueue } from '../intake/inbox-queue';
import { PipelineBell } from '../intake/pipeline-bell';
import { clusterTroubleBody } from './cluster-trouble-alert';

/** Makes alerts in a cluster of what the clusters service finds wrong with it; they end when it says so. */
@Controller()
export class ClusterTroublesHandlers {
  constructor(
    private readonly inbox: Inbox,
    private readonly queue: InboxQueue,
    private readonly bell: PipelineBell,
    private readonly clock: Clock,
  ) {}

  @OnEvent(clusterTroubleChanged)
  async onChanged(event: ClusterTroubleChanged, delivery: Delivery): Promise<void> {
    await this.inbox.once(delivery, (tx) =>
      this.queue.enqueue(tx, {
        id: newId(),
        cluster_id: event.cluster_id,
        received_at: this.clock.now().getTime(),
        alert_count: 1,
        good_count: 1,
        body: clusterTroubleBody(event),
        format: OWN_FORMAT,
      }),
    );
    this.bell.ring();
  }
}
