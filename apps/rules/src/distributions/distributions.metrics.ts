import { DISTRIBUTION_STATES, type DistributionState } from '@alertagent/contracts';
import { Metrics } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';

/** A rule came to another state on a cluster. */
export interface Transition {
  status: DistributionState;
  /** From saved to live, when this is the first time the version is live there. */
  seconds: number | null;
}

/** How rules get on, over all clusters. */
@Injectable()
export class DistributionsMetrics {
  private readonly total;
  private readonly duration;

  constructor(metrics: Metrics) {
    this.total = metrics.counter({
      name: 'rule_distribution_total',
      help: 'Times a rule came to a state on a cluster.',
      labels: { status: DISTRIBUTION_STATES },
    });
    this.duration = metrics.histogram({
      name: 'rule_distribution_duration_seconds',
      help: 'From a rule version saved to that version proven live on every member of a cluster.',
    });
  }

  /** Called after commit. */
  record(transitions: readonly Transition[]): void {
    for (const { status, seconds } of transitions) {
      this.total.inc({ status });
      if (seconds !== null) this.duration.observe({}, seconds);
    }
  }
}
