import {
  alertTexts,
  canaryInstance,
  isCanary,
  normaliseAccepted,
  readStoredWebhook,
  RECONCILIATION_FORMAT,
  type CompiledPolicy,
} from '@alertagent/alerting';
import type { ClaimedWebhook } from '../intake/claimed-webhook';
import type { AlertEvent, Arrivals } from './batch';

/** Events in a row before other work of the process gets its turn: a few milliseconds. */
const EVENTS_PER_BREATH = 50;

/** A stored webhook that was checked when it came in and cannot be read any more. */
class UnreadableWebhookError extends Error {
  override readonly name = 'UnreadableWebhookError';
}

/** Reads stored webhooks: alerts in the pipeline's form, those to set aside with their raw text, and canaries. */
export async function normalise(
  webhooks: readonly ClaimedWebhook[],
  { ignore_labels }: Pick<CompiledPolicy, 'ignore_labels'>,
): Promise<Arrivals> {
  const arrivals: Arrivals = { webhooks, events: [], refused: [], heartbeats: [] };
  const { events } = arrivals;
  for (const webhook of webhooks) {
    const parsed = readStoredWebhook(webhook.format, webhook.body, webhook);
    const origin = webhook.format === RECONCILIATION_FORMAT ? 'reconciliation' : undefined;
    if (!parsed.ok) throw new UnreadableWebhookError(`webhook ${webhook.id} is no message that can be read`);
    const own: AlertEvent[] = [];
    for (const { index, alert: received } of parsed.group.alerts) {
      if ((events.length + own.length) % EVENTS_PER_BREATH === EVENTS_PER_BREATH - 1) await new Promise(setImmediate);
      const alert = normaliseAccepted(received, webhook.cluster_id, ignore_labels);
      if (isCanary(alert.labels)) {
        arrivals.heartbeats.push({ webhook, index, instance: canaryInstance(alert.labels), status: alert.status });
        continue;
      }
      own.push({ webhook, index, alert, at: webhook.received_at, origin, decided: null });
    }
    if (isOneMoment(webhook.format, own)) own.sort(firingFirst);
    for (const event of own) events.push(event);
    if (parsed.quarantined.length === 0) continue;
    const raw = alertTexts(webhook.format, webhook.body, webhook.mapping);
    for (const { index, code, pointer, detail } of parsed.quarantined) {
      arrivals.refused.push({ webhook, index, code, pointer, detail, raw: raw[index] ?? 'null' });
    }
  }
  return arrivals;
}

/**
 * Alertmanager tells what a group is at one moment, each alert once and sorted by labels; other senders tell events, in their order, and so
 * does a message that names an alert more than once.
 */
function isOneMoment(format: string | null, events: readonly AlertEvent[]): boolean {
  if (!(format ?? 'alertmanager').startsWith('alertmanager')) return false;
  if (!events.some(({ alert }) => alert.status === 'resolved')) return false;
  return new Set(events.map(({ alert }) => alert.label_hash)).size === events.length;
}

/** Of one moment what fires comes first: an incident that goes on under another label, such as a lower severity, does not end in between. */
const firingFirst = (a: AlertEvent, b: AlertEvent): number =>
  Number(a.alert.status === 'resolved') - Number(b.alert.status === 'resolved');
