import { Metrics, type CounterMetric, type GaugeMetric } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { Reconciliation } from './reconciler';

const OUTCOMES = ['opened', 'closed'] as const;

/** Clusters with series of their own; the others count together. */
const MOST_CLUSTERS = 200;

/** Measures of what was lost on the way between sources and records. */
@Injectable()
export class ReconciliationMetrics {
  private readonly healed: CounterMetric<{ cluster: { max: number }; outcome: typeof OUTCOMES }>;
  private readonly ended: GaugeMetric<{ cluster: { max: number } }>;

  constructor(metrics: Metrics) {
    this.healed = metrics.counter({
      name: 'reconciliation_alerts_total',
      help: 'Alerts by cluster id that were opened because their notification never came, or closed as orphans because their end never came.',
      labels: { cluster: { max: MOST_CLUSTERS }, outcome: OUTCOMES },
    });
    this.ended = metrics.gauge({
      name: 'reconciliation_ended_alerts',
      help: 'Alerts by cluster id that fire at their source and are recorded as ended, in the last firing set: nobody is told of them.',
      labels: { cluster: { max: MOST_CLUSTERS } },
    });
  }

  /** Counts one comparison of a cluster. */
  compared(cluster: string, { lost, orphans, ended }: Reconciliation): void {
    this.healed.inc({ cluster, outcome: 'opened' }, lost);
    this.healed.inc({ cluster, outcome: 'closed' }, orphans);
    this.ended.set({ cluster }, ended);
  }
}
