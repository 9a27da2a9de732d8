import { createHash } from 'node:crypto';
import { normaliseAlert } from '@alertagent/alerting';
import type { QueuedWebhook } from '../intake/inbox-queue';
import type { HiddenAlert } from './hidden-alerts';

/** Alerts in one webhook. */
const MOST_ALERTS = 100;
/** Two gateways that find the same alerts within this time make the same webhook. */
const SLOT_MS = 60_000;
const ZERO_TIME = '0001-01-01T00:00:00Z';

interface WireAlert {
  status: 'firing';
  labels: Record<string, string>;
  annotations: Record<string, string>;
  startsAt: string;
  endsAt: string;
  generatorURL?: string;
  fingerprint?: string;
}

/**
 * An alert as its sender would repeat it. Null when it would not be recognised as the same one, because a label was too long and has
 * been cut: its sender's own repetition has it whole.
 */
export function repeated({ alert }: HiddenAlert, ignoredLabels: ReadonlySet<string>): WireAlert | null {
  const { cluster_id, labels, annotations, starts_at, generator_url, fingerprint, episode_key } = alert;
  const wire: WireAlert = { status: 'firing', labels, annotations, startsAt: starts_at, endsAt: ZERO_TIME };
  if (generator_url !== null) wire.generatorURL = generator_url;
  if (fingerprint !== null) wire.fingerprint = fingerprint;
  return normaliseAlert(wire, cluster_id, ignoredLabels).episode_key === episode_key ? wire : null;
}

/** Webhooks for alerts of one suppression, one or more for each cluster; `now` in epoch milliseconds. */
export function releaseWebhooks(
  released: readonly { hidden: HiddenAlert; wire: WireAlert }[],
  now: number,
): QueuedWebhook[] {
  const byCluster = new Map<string, { hidden: HiddenAlert; wire: WireAlert }[]>();
  for (const one of released) {
    const { cluster_id } = one.hidden.alert;
    byCluster.set(cluster_id, [...(byCluster.get(cluster_id) ?? []), one]);
  }
  return [...byCluster].flatMap(([cluster_id, list]) => {
    const webhooks: QueuedWebhook[] = [];
    for (let at = 0; at < list.length; at += MOST_ALERTS) {
      const part = list.slice(at, at + MOST_ALERTS);
      webhooks.push({
        id: slotId(
          part.map(({ hidden }) => hidden),
          now,
        ),
        cluster_id,
        received_at: now,
        alert_count: part.length,
        good_count: part.length,
        body: JSON.stringify({ version: '4', receiver: 'alertagent-release', alerts: part.map(({ wire }) => wire) }),
      });
    }
    return webhooks;
  });
}

/** A UUIDv7 of the slot that follows from the alerts. The time in it is that of the slot. */
function slotId(alerts: readonly HiddenAlert[], now: number): string {
  const slot = now - (now % SLOT_MS);
  const words = alerts.map(({ id, suppressed_by }) => `${id} ${suppressed_by}`).join('\n');
  const hash = createHash('sha256').update(`${slot}\n${words}`, 'utf8').digest('hex');
  const time = slot.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hash.slice(0, 3)}-8${hash.slice(3, 6)}-${hash.slice(6, 18)}`;
}
