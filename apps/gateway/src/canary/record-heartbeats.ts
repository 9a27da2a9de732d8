import { ArchivedCounts } from '../retention/archived-counts';
import type { Arrivals, Heartbeat } from '../pipeline/batch';
import type { Writes } from '../pipeline/bulk-write';

/**
 * Webhooks with nothing but canaries. They come each minute for ever and tell nobody anything, so they are not kept: their counts go where
 * the counts of archived webhooks are.
 */
export function bareHeartbeats({ events, refused, heartbeats }: Arrivals): Set<string> {
  const ids = new Set(heartbeats.map(({ webhook }) => webhook.id));
  for (const { webhook } of [...events, ...refused]) ids.delete(webhook.id);
  return ids;
}

/** Writes the accounts of the canaries in a batch. Last in the transaction: other instances count in the same rows. */
export async function recordHeartbeats(writes: Writes, arrivals: Arrivals, now: number): Promise<void> {
  if (arrivals.heartbeats.length === 0) return;
  const bare = bareHeartbeats(arrivals);
  const counts = new ArchivedCounts();
  for (const { webhook } of arrivals.heartbeats) {
    if (!bare.has(webhook.id)) continue;
    counts.add(webhook.cluster_id, 'accepted', 1);
    counts.add(webhook.cluster_id, 'heartbeat', 1);
  }
  const kept = arrivals.heartbeats.filter(({ webhook }) => !bare.has(webhook.id));
  await writes.insert(
    'alert_processing_records',
    kept.map((heartbeat) => heartbeatRow(heartbeat, now)),
  );
  await writes.deleteIn('alert_inbox', 'id', [...bare]);
  await writes.addCounts('ledger_archive', ['cluster_id', 'disposition'], counts.rows());
}

function heartbeatRow({ webhook, index, status }: Heartbeat, processed_at: number) {
  const why = 'the canary of the cluster: it shows that alerts arrive, and is told to nobody';
  return {
    inbox_id: webhook.id,
    alert_index: index,
    cluster_id: webhook.cluster_id,
    disposition: 'heartbeat',
    event_status: status as string | null,
    alert_id: null,
    incident_id: null,
    received_at: webhook.received_at,
    processed_at,
    why,
    stages: JSON.stringify([{ stage: 'intake', outcome: 'heartbeat', why }]),
  };
}
