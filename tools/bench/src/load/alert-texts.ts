/** Stands for the number of an alert: as many characters as every number has. */
export const NUMBER_MARK = '@@@@@@@@@@';

/** About what an alert of a real webhook has: 50 of them make a body of 28 kB. */
const ALERT_BYTES = 555;
const ALERT_NAMES = ['HighErrorRate', 'PodCrashLooping', 'HighMemoryUsage', 'SlowRequests', 'DiskAlmostFull'];

interface AlertText {
  labels: Record<string, string>;
  annotations: Record<string, string>;
  startsAt: string;
  generatorURL: string;
}

/** One group of `count` different alerts, as an Alertmanager delivers it in one webhook. */
export function webhookText(count: number, group: number, startsAt: string): string {
  const alerts = alertsOf(count, group, startsAt).map((alert) => ({
    status: 'firing',
    ...alert,
    endsAt: '0001-01-01T00:00:00Z',
    fingerprint: `abcdef${NUMBER_MARK}`,
  }));
  const { alertname = '', service = '' } = alerts[0]?.labels ?? {};
  return JSON.stringify({
    receiver: 'alertagent',
    status: 'firing',
    alerts,
    groupLabels: { alertname, service },
    commonLabels: { alertname, service, severity: 'critical' },
    commonAnnotations: {},
    externalURL: 'http://alertmanager.example.org:9093',
    version: '4',
    groupKey: `{}:{alertname="${alertname}", service="${service}"}`,
    truncatedAlerts: 0,
  });
}

/** The same alerts as a Prometheus posts them to an Alertmanager. */
export function alertmanagerText(count: number, group: number, startsAt: string): string {
  return JSON.stringify(alertsOf(count, group, startsAt));
}

function alertsOf(count: number, group: number, startsAt: string): AlertText[] {
  return Array.from({ length: count }, (_, index) => alertText(index, group, startsAt));
}

function alertText(index: number, group: number, startsAt: string): AlertText {
  const alertname = ALERT_NAMES[group % ALERT_NAMES.length] ?? '';
  const service = `service-${String(group).padStart(3, '0')}`;
  const alert = {
    labels: {
      alertname,
      cluster: 'bench',
      instance: `10.12.${group % 256}.${index}:9100`,
      namespace: 'shop',
      pod: `${service}-${NUMBER_MARK}`,
      service,
      severity: 'critical',
    },
    annotations: {
      description: '',
      runbook_url: `https://runbooks.example.org/${alertname}`,
      summary: `${alertname} on ${service}-${NUMBER_MARK}`,
    },
    startsAt,
    generatorURL: `http://prometheus.example.org:9090/graph?g0.expr=${alertname}&g0.tab=1`,
  };
  const missing = Math.max(0, ALERT_BYTES - 80 - JSON.stringify(alert).length);
  alert.annotations.description = 'The share of failed requests is above its objective. '.repeat(8).slice(0, missing);
  return alert;
}
