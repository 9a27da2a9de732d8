import { ACTION_STATES, type ActionState } from '@alertagent/alerting';
import { Metrics } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';

/** How actions get on. */
@Injectable()
export class AutomationMetrics {
  private readonly steps;

  constructor(metrics: Metrics) {
    this.steps = metrics.counter({
      name: 'ai_action_steps_total',
      help: 'Steps of requests for actions, by the state that they led to.',
      labels: { status: ACTION_STATES },
    });
  }

  /** Called in the transaction: one that is rolled back counts too, which is rare. */
  went(status: ActionState): void {
    this.steps.inc({ status });
  }
}
