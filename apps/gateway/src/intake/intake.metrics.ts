import { Metrics, type CounterMetric, type HistogramMetric } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';

const ANSWERS = ['accepted', 'refused', 'overloaded'] as const;
type Answer = (typeof ANSWERS)[number];

/** Clusters with series of their own; the others count together. */
const MOST_CLUSTERS = 200;

const ACK_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const BATCH_BUCKETS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

/** Measures of the webhook. */
@Injectable()
export class IntakeMetrics {
  private readonly webhooks: CounterMetric<{ answer: typeof ANSWERS }>;
  private readonly acknowledgement: HistogramMetric<Record<never, never>>;
  private readonly batch: HistogramMetric<Record<never, never>>;
  private readonly refusals: CounterMetric<{ cluster: { max: number } }>;
  private readonly truncated: CounterMetric<{ cluster: { max: number } }>;
  private depth: () => number = () => 0;

  constructor(metrics: Metrics) {
    this.webhooks = metrics.counter({
      name: 'webhook_requests_total',
      help: 'Webhooks by answer: 202, 4xx or 503.',
      labels: { answer: ANSWERS },
    });
    this.acknowledgement = metrics.histogram({
      name: 'webhook_ack_seconds',
      help: 'From the whole body being there to the commit that allows the 202.',
      buckets: ACK_BUCKETS,
    });
    this.batch = metrics.histogram({
      name: 'webhook_commit_rows',
      help: 'Webhooks committed together.',
      buckets: BATCH_BUCKETS,
    });
    this.refusals = metrics.counter({
      name: 'webhook_refused_total',
      help: 'Webhooks refused with 4xx although their token is good, by cluster id: alerts that never arrive.',
      labels: { cluster: { max: MOST_CLUSTERS } },
    });
    this.truncated = metrics.counter({
      name: 'webhook_truncated_alerts_total',
      help: 'Alerts that Alertmanager left out of its messages because of max_alerts, by cluster id.',
      labels: { cluster: { max: MOST_CLUSTERS } },
    });
    metrics.gauge({
      name: 'webhook_queue_depth',
      help: 'Webhooks that wait in memory for their commit.',
      collect: () => this.depth(),
    });
  }

  /** Where the queue depth is read at each scrape. */
  watchDepth(depth: () => number): void {
    this.depth = depth;
  }

  answered(answer: Answer): void {
    this.webhooks.inc({ answer });
  }

  refused(cluster: string): void {
    this.refusals.inc({ cluster });
  }

  leftOut(cluster: string, alerts: number): void {
    this.truncated.inc({ cluster }, alerts);
  }

  acknowledged(seconds: number): void {
    this.acknowledgement.observe({}, seconds);
  }

  committed(rows: number): void {
    this.batch.observe({}, rows);
  }
}
