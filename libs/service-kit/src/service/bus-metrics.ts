import {
  access,
  requestsOf,
  SERVICE_ERROR_CODES,
  type EventContract,
  type ServiceError,
  type ServiceName,
} from '@alertagent/contracts';
import type { EventOutcome } from '../bus/event-consumer';
import type { Metrics } from '../metrics/metrics';
import type { RelayObserver } from '../outbox/outbox-relay';

/** What a service's message traffic looks like from outside; one declaration for all services. */
export class BusMetrics {
  private readonly events;
  private readonly requests;
  private readonly relayed;

  constructor(metrics: Metrics, service: ServiceName) {
    const heard = access[service].hears.map((event) => event.subject);
    const answered = requestsOf(service).map((request) => request.subject);
    this.events = metrics.counter({
      name: 'bus_events_total',
      help: 'Events handled, sent back for another delivery, or parked.',
      labels: { subject: heard.length > 0 ? heard : ['none'], outcome: ['handled', 'retried', 'parked'] },
    });
    this.requests = metrics.histogram({
      name: 'bus_request_duration_seconds',
      help: 'Time to answer a request of another service, by result.',
      labels: { subject: answered, code: ['ok', ...SERVICE_ERROR_CODES] },
    });
    this.relayed = metrics.counter({
      name: 'outbox_rows_total',
      help: 'Outbox rows published, failed to publish, or published again after their stream was lost.',
      labels: { outcome: ['published', 'failed', 'redriven'] },
    });
  }

  event(contract: EventContract<never>, outcome: EventOutcome): void {
    this.events.inc({ subject: contract.subject, outcome });
  }

  request(subject: string, code: 'ok' | ServiceError['code'], seconds: number): void {
    this.requests.observe({ subject, code }, seconds);
  }

  /** Counts what the outbox relay does. */
  get relay(): RelayObserver {
    return {
      published: (rows) => this.relayed.inc({ outcome: 'published' }, rows),
      failed: (rows) => this.relayed.inc({ outcome: 'failed' }, rows),
      redriven: (rows) => this.relayed.inc({ outcome: 'redriven' }, rows),
    };
  }
}
