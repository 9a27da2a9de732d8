import { BREAKER_STATES, type BreakerState } from '@alertagent/contracts';
import { Metrics } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { Member } from './member';
import { REQUEST_OUTCOMES, type RequestOutcome } from './member-failure';

/** What an Alertmanager is asked for. */
export const OPERATIONS = ['status', 'alerts', 'silences', 'write_silence', 'expire_silence'] as const;
export type Operation = (typeof OPERATIONS)[number];

/** How requests to Alertmanagers end, and which members are left alone. */
@Injectable()
export class AlertmanagerMetrics {
  private readonly requests;
  private readonly seconds;
  private readonly breakers;

  constructor(metrics: Metrics) {
    this.requests = metrics.counter({
      name: 'alertmanager_requests_total',
      help: 'Requests to Alertmanagers by what was asked and how it ended; a skipped one was not sent.',
      labels: { operation: OPERATIONS, outcome: REQUEST_OUTCOMES },
    });
    this.seconds = metrics.histogram({
      name: 'alertmanager_request_duration_seconds',
      help: 'How long Alertmanagers took to answer, or not to.',
      labels: { operation: OPERATIONS },
    });
    this.breakers = metrics.states({
      name: 'alertmanager_breaker_state',
      help: 'Circuit breaker of an Alertmanager: 1 for the state it is in, 0 for the others.',
      labels: { cluster: { max: 500 }, member: { max: 2_000 } },
      states: BREAKER_STATES,
    });
  }

  request(operation: Operation, outcome: RequestOutcome, ms: number): void {
    this.requests.inc({ operation, outcome });
    if (outcome !== 'skipped') this.seconds.observe({ operation }, ms / 1000);
  }

  breaker({ cluster, address }: Member, state: BreakerState): void {
    this.breakers.set({ cluster, member: address }, state);
  }

  forget({ cluster, address }: Member): void {
    this.breakers.remove({ cluster, member: address });
  }
}
