import type { AlertView } from './alert.dto';
import type { StoredAlert } from './stored-alert';
import { iso, isoOrNull } from './wire-time';

/** Changes that belong to one spell of flapping follow each other within this time. */
export const FLAP_SPELL_MS = 60 * 60_000;

/** How many times an alert has fired in the hour before its last change of state; of very many the last 16 are known. */
function flapCount(changes: readonly number[]): number {
  const since = (changes.at(-1) ?? 0) - FLAP_SPELL_MS;
  return Math.ceil(changes.filter((change) => change > since).length / 2);
}

/** An alert as the API shows it. */
export function alertView(row: StoredAlert, clusterNames: ReadonlyMap<string, string>): AlertView {
  return {
    id: row.id,
    cluster_id: row.cluster_id,
    cluster_name: clusterNames.get(row.cluster_id) ?? row.cluster_id,
    incident_id: row.incident_id,
    name: row.labels['alertname'] ?? '',
    severity: row.severity,
    status: row.status,
    labels: row.labels,
    annotations: row.annotations,
    starts_at: row.starts_at,
    ends_at: isoOrNull(row.ends_at_ms),
    received_at: iso(row.received_at),
    generator_url: row.generator_url,
    fingerprint: row.fingerprint,
    suppressed_by: row.suppressed_by,
    truncated: row.truncated,
    clock_skew: row.clock_skew,
    flapping: row.flapping,
    flap_count: row.flapping ? flapCount(row.changes ?? []) : null,
  };
}
