import { normaliseAlert, parseWebhook } from '@alertagent/alerting';
import { Batch, type ClaimedWebhook } from '../batch';
import { rawAlerts } from '../raw-alerts';

/** A stored body that cannot be read again: never the sender's fault, the intake had accepted it. */
export class UnreadableWebhookError extends Error {
  override readonly name = 'UnreadableWebhookError';
}

/** Events between two breaths: about 10 ms of work, so that webhooks are still answered meanwhile. */
const EVENTS_PER_BREATH = 250;

/** Unpacks stored webhooks into alert events in the one form the stages know, and sets aside what cannot be processed. */
export async function normalise(webhooks: readonly ClaimedWebhook[]): Promise<Batch> {
  const batch = new Batch(webhooks);
  for (const webhook of webhooks) {
    const parsed = parseWebhook(JSON.parse(webhook.body) as unknown);
    if (!parsed.ok) throw new UnreadableWebhookError(`webhook ${webhook.id} is no Alertmanager message`);
    for (const { index, alert } of parsed.group.alerts) {
      if (batch.events.length % EVENTS_PER_BREATH === EVENTS_PER_BREATH - 1) await new Promise(setImmediate);
      batch.events.push({
        webhook,
        index,
        alert: normaliseAlert(alert, webhook.cluster_id),
        notes: [],
        episode: null,
        incident: null,
        ending: null,
      });
    }
    if (parsed.quarantined.length === 0) continue;
    const raw = rawAlerts(webhook.body);
    for (const { index, code, pointer, detail } of parsed.quarantined) {
      batch.refused.push({ webhook, index, code, pointer, detail, raw: raw[index] ?? 'null' });
    }
  }
  return batch;
}
