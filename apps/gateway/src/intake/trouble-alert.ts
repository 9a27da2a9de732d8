import type { TroubleKind } from './intake-trouble.entity';

const TEXTS: Record<TroubleKind, { alertname: string; severity: string; summary: string; what: string }> = {
  refused: {
    alertname: 'AlertAgentWebhookRefused',
    severity: 'critical',
    summary: 'Webhooks of this cluster are refused: their alerts do not arrive',
    what: 'AlertAgent answered several webhooks with 4xx although their token is good, and their sender does not repeat them. Compare the receiver with the API description',
  },
  truncated: {
    alertname: 'AlertAgentAlertsTruncated',
    severity: 'warning',
    summary: 'Alertmanager leaves alerts out of its messages',
    what: 'max_alerts of the receiver is smaller than its groups: what is left out arrives by reconciliation only, if at all. Remove max_alerts from the webhook_configs of AlertAgent',
  },
};

/** The body of a webhook from AlertAgent itself about a trouble with what a cluster sends. Times are epoch milliseconds. */
export function troubleBody(kind: TroubleKind, since: number, endedAt: number | null, detail: string): string {
  const { alertname, severity, summary, what } = TEXTS[kind];
  const alert = {
    status: endedAt === null ? 'firing' : 'resolved',
    labels: { alertname, severity, source: 'alertagent' },
    annotations: { summary, description: detail === '' ? `${what}.` : `${what} (${detail}).` },
    startsAt: new Date(since).toISOString(),
    endsAt: endedAt === null ? '0001-01-01T00:00:00Z' : new Date(endedAt).toISOString(),
  };
  return JSON.stringify({ version: '4', receiver: 'alertagent', truncatedAlerts: 0, alerts: [alert] });
}
