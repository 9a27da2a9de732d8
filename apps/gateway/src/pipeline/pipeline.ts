import { compileSuppression, formatDuration, isCompiled, type CompiledSuppression } from '@alertagent/alerting';
import { ServiceError } from '@alertagent/contracts';
import { AlertAgentConfig, Clock, inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { InboxQueue } from '../intake/inbox-queue';
import type { AlertEvent, Batch, Stage } from './batch';
import { loadBatch } from './load-batch';
import { PipelineMetrics } from './pipeline.metrics';
import { BatchPublisher } from './publish';
import { convergeBy, settleIncidents, type ConvergenceRules } from './stages/converge';
import { dedupe } from './stages/dedupe';
import { normalise } from './stages/normalise';
import { record } from './stages/record';
import { suppressBy } from './stages/suppress';

/** Alerts in one transaction. Larger is not faster, and delays the first incident of a storm. */
const MAX_ALERTS = 500;

/** From the inbox to incidents: normalise → dedupe → suppress → converge → record. */
@Injectable()
export class Pipeline {
  private readonly convergence: ConvergenceRules;
  private readonly stages: readonly Stage[];

  constructor(
    private readonly dataSource: DataSource,
    { gateway }: AlertAgentConfig,
    private readonly clock: Clock,
    private readonly inbox: InboxQueue,
    private readonly publisher: BatchPublisher,
    private readonly metrics: PipelineMetrics,
  ) {
    const { enabled, group_by, max_alerts, window } = gateway.convergence;
    this.convergence = { enabled, group_by, max_alerts, window_ms: window };
    this.stages = [dedupe, suppressBy(suppressionsOf(gateway)), convergeBy(this.convergence)];
  }

  /**
   * Processes the oldest waiting webhooks in one transaction, or only the one named. Returns how many there were.
   * Errors: whatever failed; then nothing has happened and the webhooks wait as before.
   */
  async processNext(only?: string): Promise<number> {
    const started = performance.now();
    const batch = await inTransaction(this.dataSource, (tx) => this.processIn(tx, only), { deadlineMs: 30_000 });
    if (batch === null) return 0;
    this.metrics.processed(batch, (performance.now() - started) / 1000, this.clock.now().getTime());
    return batch.webhooks.length;
  }

  private async processIn(tx: EntityManager, only?: string): Promise<Batch | null> {
    const webhooks = await this.inbox.claim(tx, MAX_ALERTS, only);
    if (webhooks.length === 0) return null;
    const batch = await normalise(webhooks, this.convergence);
    await loadBatch(tx, batch);
    for (const event of batch.events) this.runStages(event, batch);
    settleIncidents(batch);
    await record(tx, batch, this.clock.now().getTime());
    await this.publisher.publish(tx, batch);
    await this.inbox.finish(tx, webhooks);
    return batch;
  }

  private runStages(event: AlertEvent, batch: Batch): void {
    for (const stage of this.stages) if (stage(event, batch) === 'end') return;
  }
}

function suppressionsOf({ suppression }: AlertAgentConfig['gateway']): CompiledSuppression[] {
  if (!suppression.enabled) return [];
  const rules = suppression.rules.map(({ name, condition, duration }) => ({
    name,
    condition,
    duration: formatDuration(duration),
  }));
  const compiled = compileSuppression(rules);
  if (isCompiled(compiled)) return compiled;
  const problems = compiled.map(({ pointer, detail }) => `${pointer} ${detail}`).join('; ');
  throw new ServiceError('invalid', `gateway.suppression.rules: ${problems}`);
}
