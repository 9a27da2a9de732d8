import { ROLLOUT_STATES, type RolloutState } from '@alertagent/contracts';
import { Metrics, type GaugeMetric, type HistogramMetric } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';

type NoLabels = Record<never, never>;

/** What is measured about rollouts. */
@Injectable()
export class RolloutMetrics {
  private readonly underWay: GaugeMetric<{ readonly state: typeof ROLLOUT_STATES }>;
  private readonly holds: GaugeMetric<NoLabels>;
  private readonly returns: HistogramMetric<NoLabels>;

  constructor(metrics: Metrics) {
    this.underWay = metrics.gauge({
      name: 'config_rollouts_under_way',
      help: 'Rollouts and rollbacks by state; of those that have ended, the ones with clusters that are not back yet.',
      labels: { state: ROLLOUT_STATES },
    });
    this.holds = metrics.gauge({
      name: 'config_held_configurations',
      help: 'Configurations that do not follow what is wanted because somebody or a rollout holds them.',
    });
    this.returns = metrics.histogram({
      name: 'config_return_duration_seconds',
      help: 'From the order to go back, or the stop, until a cluster ran the former file again.',
    });
  }

  /** Counted in the database a moment ago. */
  counted(states: readonly RolloutState[], held: number): void {
    for (const state of ROLLOUT_STATES) this.underWay.set({ state }, states.filter((one) => one === state).length);
    this.holds.set({}, held);
  }

  returned(seconds: number): void {
    this.returns.observe({}, seconds);
  }
}
