/** An alert as Alertmanager sends it. */
export function webhookAlert(
  labels: Record<string, unknown> = {},
  over: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    status: 'firing',
    labels: { alertname: 'HostileAlert', severity: 'warning', instance: 'a:9100', ...labels },
    annotations: { summary: 'something is wrong' },
    startsAt: '2026-11-22T10:00:00.123456789Z',
    endsAt: '0001-01-01T00:00:00Z',
    generatorURL: 'http://prometheus.example/graph?g0.expr=up',
    fingerprint: '969d935554686f34',
    ...over,
  };
}

/** A webhook message, payload version 4, with these alerts. */
export function webhookMessage(alerts: unknown[], over: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    version: '4',
    groupKey: '{}:{alertname="HostileAlert"}',
    truncatedAlerts: 0,
    status: 'firing',
    receiver: 'alertagent',
    groupLabels: {},
    commonLabels: {},
    commonAnnotations: {},
    externalURL: 'http://alertmanager.example',
    alerts,
    ...over,
  };
}
