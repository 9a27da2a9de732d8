import type { AlertView } from './alert.dto';
import type { StoredAlert } from './stored-alert';
import { iso, isoOrNull } from './wire-time';

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
  };
}
