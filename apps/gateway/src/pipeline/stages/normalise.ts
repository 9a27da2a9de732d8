import { groupKey, normaliseAlert, parseWebhook } from '@alertagent/alerting';
import type { ClaimedWebhook } from '../../intake/claimed-webhook';
import { Batch } from '../batch';
import { rawAlerts } from '../raw-alerts';
import type { ConvergenceRules } from './converge';

/** A stored body that cannot be read again: never the sender's fault, the intake had accepted it. */
export class UnreadableWebhookError extends Error {
  override readonly name = 'UnreadableWebhookError';
}

/** Events between two breaths: a few milliseconds of work, so that webhooks are still answered meanwhile. */
const EVENTS_PER_BREATH = 100;

/** Unpacks stored webhooks into alert events in the one form the stages know, and sets aside what cannot be processed. */
export async function normalise(webhooks: readonly ClaimedWebhook[], rules: ConvergenceRules): Promise<Batch> {
  const batch = new Batch(webhooks);
  for (const webhook of webhooks) {
    const parsed = parseWebhook(JSON.parse(webhook.body) as unknown);
    if (!parsed.ok) throw new UnreadableWebhookError(`webhook ${webhook.id} is no Alertmanager message`);
    for (const { index, alert: received } of parsed.group.alerts) {
      if (batch.events.length % EVENTS_PER_BREATH === EVENTS_PER_BREATH - 1) await new Promise(setImmediate);
      const alert = normaliseAlert(received, webhook.cluster_id);
      batch.events.push({
        webhook,
        index,
        alert,
        group_key: rules.enabled ? groupKey(alert, rules.group_by) : alert.episode_key,
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
