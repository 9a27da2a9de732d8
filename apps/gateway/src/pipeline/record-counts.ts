import { severityRank } from '@alertagent/alerting';
import type { Batch } from './batch';
import type { Writes } from './bulk-write';

/** Severity words are the users' own; counts know them by rank. */
export const SEVERITY_NAMES = ['none', 'info', 'low', 'warning', 'high', 'critical'] as const;
const MINUTE = 60_000;

/** Adds a batch to the volumes by minute, and to the counts of rate caps. Last in the transaction: other instances count in the same rows. */
export async function recordCounts(writes: Writes, { events, refused, set }: Batch): Promise<void> {
  const volumes = new Map<
    string,
    { bucket: number; cluster_id: string; disposition: string; severity: string; alerts: number }
  >();
  const count = (at: number, cluster_id: string, disposition: string, severity: string): void => {
    const bucket = at - (at % MINUTE);
    const key = `${bucket} ${cluster_id} ${disposition} ${severity}`;
    const known = volumes.get(key);
    if (known) known.alerts += 1;
    else volumes.set(key, { bucket, cluster_id, disposition, severity, alerts: 1 });
  };
  for (const { at, alert, decided } of events) {
    if (decided)
      count(at, alert.cluster_id, decided.verdict.disposition, SEVERITY_NAMES[severityRank(alert.severity)] ?? 'none');
  }
  for (const { webhook } of refused) count(webhook.received_at, webhook.cluster_id, 'quarantined', 'none');
  // In key order, so that instances wait for each other instead of deadlocking.
  const rows = [...volumes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  await writes.addCounts('alert_volumes', ['bucket', 'cluster_id', 'disposition', 'severity'], rows);
  const caps = [...set.addedCaps.values()].sort((a, b) => (a.cap_key < b.cap_key ? -1 : 1));
  await writes.addCounts('rate_cap_counts', ['cap_key', 'bucket'], caps);
}
