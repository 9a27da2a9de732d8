import { Metrics, type CounterMetric, type HistogramMetric } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';

const ANSWERS = ['accepted', 'refused', 'overloaded'] as const;
type Answer = (typeof ANSWERS)[number];

const ACK_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const BATCH_BUCKETS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

/** Measures of the webhook. */
@Injectable()
export class IntakeMetrics {
  private readonly webhooks: CounterMetric<{ answer: typeof ANSWERS }>;
  private readonly acknowledgement: HistogramMetric<Record<never, never>>;
  private readonly batch: HistogramMetric<Record<never, never>>;
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

  acknowledged(seconds: number): void {
    this.acknowledgement.observe({}, seconds);
  }

  committed(rows: number): void {
    this.batch.observe({}, rows);
  }
}
