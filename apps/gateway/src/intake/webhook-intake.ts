import { ServiceError } from '@alertagent/contracts';
import { AlertAgentConfig, Clock, newId } from '@alertagent/service-kit';
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { reachFailpoint } from './failpoint';
import { GroupCommit } from './group-commit';
import { InboxWriter, type IncomingWebhook } from './inbox-writer';
import { IntakeMetrics } from './intake.metrics';
import { PipelineBell } from './pipeline-bell';
import { IntakeTroubles } from './intake-troubles';
import { readWebhookBody, type WebhookReceipt } from './webhook-body';
import { WEBHOOK_ORIGIN, type WebhookOrigin } from './webhook-origin';

/** Bytes of bodies in one statement: well below the 16 MiB that MariaDB takes by default. */
const MAX_BATCH_BYTES = 8 * 1024 * 1024;
/** Bytes of bodies that may wait in memory. */
const MAX_QUEUE_BYTES = 128 * 1024 * 1024;

/** Takes webhooks in: what it has answered for is in the database. */
@Injectable()
export class WebhookIntake implements BeforeApplicationShutdown {
  private readonly commits: GroupCommit<IncomingWebhook>;

  constructor(
    dataSource: DataSource,
    { gateway: { intake } }: AlertAgentConfig,
    private readonly clock: Clock,
    private readonly metrics: IntakeMetrics,
    private readonly bell: PipelineBell,
    private readonly troubles: IntakeTroubles,
  ) {
    const writer = new InboxWriter(dataSource, intake.commit_timeout);
    this.commits = new GroupCommit(
      {
        maxBatch: intake.max_batch,
        maxBatchBytes: MAX_BATCH_BYTES,
        maxQueue: intake.max_queue,
        maxQueueBytes: MAX_QUEUE_BYTES,
        maxWaitMs: intake.max_wait,
        timeoutMs: intake.commit_timeout,
      },
      async (webhooks) => {
        reachFailpoint('before_commit');
        await writer.write(webhooks);
        reachFailpoint('after_commit');
        this.bell.ring();
      },
      {
        onBatch: (rows) => this.metrics.committed(rows),
        onDepth: (webhooks) => (this.bell.waitingSenders = webhooks),
      },
    );
    this.metrics.watchDepth(() => this.commits.depth);
  }

  /** Why a body of this size of this cluster would be refused now; null when it would not. To be asked before it is read. */
  refusalOf(bytes: number, clusterId: string): ServiceError | null {
    const refusal = this.commits.refusalOf(bytes, clusterId);
    if (refusal !== null) this.metrics.answered('overloaded');
    return refusal;
  }

  /**
   * Stores one webhook body of a cluster and resolves after the commit.
   * Errors: ServiceError `invalid` or `too_large` for the body, `unavailable` when it cannot be stored now.
   */
  async accept(raw: Buffer, clusterId: string, origin: WebhookOrigin = WEBHOOK_ORIGIN): Promise<WebhookReceipt> {
    const started = performance.now();
    try {
      const refusal = this.commits.refusalOf(raw.length, clusterId);
      if (refusal !== null) throw refusal;
      const receivedAt = this.clock.now().getTime();
      const { receipt, format, truncated_alerts } = readWebhookBody(raw, origin, receivedAt);
      const webhook: IncomingWebhook = {
        id: newId(),
        cluster_id: clusterId,
        received_at: receivedAt,
        alert_count: receipt.accepted + receipt.quarantined.length,
        good_count: receipt.accepted,
        body: raw,
        format,
        source_id: origin.source?.id ?? null,
        source_version: origin.source?.version ?? null,
      };
      await this.commits.submit(webhook, raw.length, clusterId);
      this.troubles.accepted(clusterId, truncated_alerts);
      this.metrics.acknowledged((performance.now() - started) / 1000);
      this.metrics.answered('accepted');
      return receipt;
    } catch (error) {
      const isInput = error instanceof ServiceError && (error.code === 'invalid' || error.code === 'too_large');
      this.metrics.answered(isInput ? 'refused' : 'overloaded');
      throw error;
    }
  }

  /** What waits is still committed and answered; what comes from now on gets a 503 and goes to another instance. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.commits.close();
  }
}
