import { CLOCK_SKEWS, severityRank } from '@alertagent/alerting';
import { DISPOSITIONS } from '@alertagent/contracts';
import { Metrics, type CounterMetric, type HistogramMetric } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { InboxQueue } from '../intake/inbox-queue';
import type { Batch } from './batch';
import { clockSkews } from './clock-skews';
import { SEVERITY_NAMES } from './record-counts';

const CONVERGENCE = ['opened', 'merged', 'resolved'] as const;

/** Clusters with series of their own; the others count together. */
const MOST_CLUSTERS = 200;
const BATCH_BUCKETS = [1, 5, 10, 25, 50, 100, 250, 500, 1000, 5000, 10_000];

/** Measures of the pipeline. */
@Injectable()
export class PipelineMetrics {
  private readonly alerts: CounterMetric<{ severity: typeof SEVERITY_NAMES; status: typeof DISPOSITIONS }>;
  private readonly duration: HistogramMetric<Record<never, never>>;
  private readonly waited: HistogramMetric<Record<never, never>>;
  private readonly batch: HistogramMetric<Record<never, never>>;
  private readonly convergence: CounterMetric<{ outcome: typeof CONVERGENCE }>;
  private readonly skews: CounterMetric<{ cluster: { max: number }; kind: typeof CLOCK_SKEWS }>;
  private readonly failures: CounterMetric<Record<never, never>>;

  constructor(metrics: Metrics, inbox: InboxQueue) {
    this.alerts = metrics.counter({
      name: 'alert_processing_total',
      help: 'Alert events by disposition and by rank of their severity label.',
      labels: { severity: SEVERITY_NAMES, status: DISPOSITIONS },
    });
    this.duration = metrics.histogram({
      name: 'alert_processing_duration_seconds',
      help: 'One batch through the pipeline, commit included.',
    });
    this.waited = metrics.histogram({
      name: 'alert_processing_wait_seconds',
      help: 'From the acceptance of the oldest webhook of a batch to the end of its processing.',
    });
    this.batch = metrics.histogram({
      name: 'alert_processing_batch_alerts',
      help: 'Alert events processed together.',
      buckets: BATCH_BUCKETS,
    });
    this.convergence = metrics.counter({
      name: 'alert_convergence_total',
      help: 'Alerts that opened an incident, joined one, or ended as members.',
      labels: { outcome: CONVERGENCE },
    });
    this.skews = metrics.counter({
      name: 'alert_clock_skew_total',
      help: 'Alert events with times that cannot be right, by cluster id: the clock of a source is wrong.',
      labels: { cluster: { max: MOST_CLUSTERS }, kind: CLOCK_SKEWS },
    });
    this.failures = metrics.counter({
      name: 'alert_processing_failures_total',
      help: 'Batches that had to be given up and tried again.',
    });
    metrics.gauge({
      name: 'alert_inbox_waiting',
      help: 'Stored webhooks that wait for the pipeline; -1 while the database cannot tell.',
      collect: () => inbox.waiting().catch(() => -1),
    });
  }

  /** Counts a committed batch; `now` is epoch milliseconds. */
  processed(batch: Batch, seconds: number, now: number): void {
    this.duration.observe({}, seconds);
    this.waited.observe(
      {},
      Math.max(0, now - Math.min(...batch.webhooks.map(({ received_at }) => received_at))) / 1000,
    );
    this.batch.observe({}, batch.events.length + batch.refused.length);
    for (const { alert, decided } of batch.events) {
      if (!decided) continue;
      const { episode, verdict } = decided;
      const { disposition } = verdict;
      this.alerts.inc({ severity: SEVERITY_NAMES[severityRank(alert.severity)] ?? 'none', status: disposition });
      if (disposition === 'opened' || disposition === 'merged') this.convergence.inc({ outcome: disposition });
      else if (disposition === 'resolved' && episode?.incident_id) this.convergence.inc({ outcome: 'resolved' });
    }
    for (const { cluster_id, skew } of clockSkews(batch)) this.skews.inc({ cluster: cluster_id, kind: skew });
    if (batch.heartbeats.length > 0)
      this.alerts.inc({ severity: 'none', status: 'heartbeat' }, batch.heartbeats.length);
    if (batch.refused.length > 0) this.alerts.inc({ severity: 'none', status: 'quarantined' }, batch.refused.length);
  }

  /** Counts a batch that did not commit. */
  failed(): void {
    this.failures.inc({});
  }
}
