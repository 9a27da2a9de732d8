import { iso, isoOrNull } from '../alerts/wire-time';
import { clusterShares } from './incident-announcer';
import { acknowledgementOf, snoozeOf } from './incident-attention';
import { sharesOf } from './incident-shares';
import { PRIORITIES, type IncidentView } from './incident.dto';
import type { Incident } from './incident.entity';

/** Ids of all clusters that a view of these incidents names. */
export const clustersOf = (rows: readonly Incident[]): string[] =>
  rows.flatMap((row) => [row.cluster_id, ...Object.keys(sharesOf(row))]);

/** An incident as the API shows it at `now`, epoch milliseconds. */
export function incidentView(row: Incident, clusterNames: ReadonlyMap<string, string>, now: number): IncidentView {
  const routes = row.routes ?? [];
  const acknowledgement = acknowledgementOf(row, now);
  return {
    id: row.id,
    cluster_id: row.cluster_id,
    cluster_name: clusterNames.get(row.cluster_id) ?? row.cluster_id,
    title: row.title,
    severity: row.severity,
    status: row.status,
    group_labels: row.group_labels,
    alert_count: row.alert_count,
    firing_count: row.firing_count,
    opened_at: iso(row.opened_at),
    last_alert_at: iso(row.last_alert_at),
    resolved_at: isoOrNull(row.resolved_at),
    decision_action: row.decision?.action ?? null,
    priority: PRIORITIES[row.priority - 1] ?? 'P5',
    teams: [...new Set(routes.flatMap(({ team }) => team ?? []))],
    workflow: routes.find(({ workflow }) => workflow !== null)?.workflow ?? null,
    clusters: clusterShares(row, clusterNames),
    storm: row.storm_at !== null,
    flapping: row.flapping,
    acknowledged_by: acknowledgement?.by ?? null,
    acknowledged_at: isoOrNull(acknowledgement?.at ?? null),
    acknowledged_until: isoOrNull(acknowledgement?.until ?? null),
    snoozed_until: isoOrNull(snoozeOf(row, now)),
    settle_at: isoOrNull(row.settle_at),
    merged_into: row.merged_into,
    takes_alerts: row.status === 'open' && row.open_key !== null,
    rule_id: row.rule_id,
    rule_version: row.rule_version,
    policy_version: row.policy_version,
  };
}
