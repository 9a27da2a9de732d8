import type { Stand } from './stand';
import type { AlertStatus } from './ledger';
import { LEDGER_LABEL } from './webhook-text';

const MINUTE_MS = 60_000;

/** One event of an episode, in minutes from the beginning of the row's own time. */
export interface EpisodeMoment {
  startMinute: number;
  endMinute: number;
  status: AlertStatus;
}

/** What is delivered about one alert at one moment. */
export class EpisodeEvent {
  /** @param began epoch ms of minute 0 */
  constructor(
    readonly alert: string,
    private readonly moment: EpisodeMoment,
    private readonly began: number,
  ) {}

  /** As Alertmanager sends it. */
  toJSON(): object {
    const { startMinute, endMinute, status } = this.moment;
    return {
      status,
      labels: { alertname: 'Flapping', service: this.alert, severity: 'warning', [LEDGER_LABEL]: this.alert },
      annotations: { summary: 'comes and goes' },
      startsAt: new Date(this.began + startMinute * MINUTE_MS).toISOString(),
      endsAt: status === 'firing' ? '0001-01-01T00:00:00Z' : new Date(this.began + endMinute * MINUTE_MS).toISOString(),
      generatorURL: 'http://prometheus.example.org:9090/graph?g0.expr=up',
      fingerprint: '969d935554686f34',
    };
  }
}

/** Delivers events in one webhook. Returns what was not answered as it should be. */
export async function deliverEvents(stand: Stand, events: readonly EpisodeEvent[]): Promise<string[]> {
  const response = await fetch(stand.webhookUrls[0] ?? '', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${stand.cluster.token}` },
    body: JSON.stringify({
      version: '4',
      groupKey: '{}:{}',
      truncatedAlerts: 0,
      status: 'firing',
      receiver: 'alertagent',
      groupLabels: {},
      commonLabels: {},
      commonAnnotations: {},
      externalURL: 'http://alertmanager.example.org:9093',
      alerts: events,
    }),
  });
  await response.arrayBuffer();
  return response.status === 202 ? [] : [`a webhook was answered with ${response.status}`];
}
