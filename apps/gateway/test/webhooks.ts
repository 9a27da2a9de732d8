/** One alert of a webhook message; what a test does not care about has a default. */
export interface AlertShape {
  status?: 'firing' | 'resolved';
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  startsAt?: string;
  endsAt?: string;
}

export const STARTED = '2026-11-22T10:00:00.123456789Z';
export const ENDED = '2026-11-22T10:20:00Z';

/** An alert as Alertmanager sends it. */
export function alert({
  status = 'firing',
  labels = {},
  annotations = {},
  startsAt = STARTED,
  endsAt,
}: AlertShape = {}): Record<string, unknown> {
  return {
    status,
    labels: { alertname: 'HighCPU', service: 'api', severity: 'warning', instance: 'a:9100', ...labels },
    annotations: { summary: 'CPU is high', ...annotations },
    startsAt,
    endsAt: endsAt ?? (status === 'resolved' ? ENDED : '0001-01-01T00:00:00Z'),
    generatorURL: 'http://prometheus.example/graph?g0.expr=up',
    fingerprint: '969d935554686f34',
  };
}

/** A webhook message with these alerts. */
export function message(...alerts: unknown[]): Record<string, unknown> {
  return {
    version: '4',
    groupKey: '{}:{alertname="HighCPU"}',
    truncatedAlerts: 0,
    status: 'firing',
    receiver: 'alertagent',
    groupLabels: { alertname: 'HighCPU' },
    commonLabels: { alertname: 'HighCPU' },
    commonAnnotations: {},
    externalURL: 'http://alertmanager.example',
    alerts,
  };
}
