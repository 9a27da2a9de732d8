import type { PriorityFactor, RouteTaken } from '@alertagent/alerting';
import type { BatchIncident } from './batch';

/** The columns of `incidents` that the pipeline reads. */
export const INCIDENT_COLUMNS = [
  'id',
  'cluster_id',
  'group_key',
  'open_key',
  'title',
  'severity',
  'severity_rank',
  'status',
  'group_labels',
  'alert_count',
  'firing_count',
  'opened_at',
  'last_alert_at',
  'resolved_at',
  'policy_version',
  'convergence',
  'scope_key',
  'text',
  'priority',
  'priority_factors',
  'routes',
  'breakdown',
  'burst_from',
  'burst_count',
  'storm_at',
  'flapping',
  'settle_at',
  'rule_id',
  'rule_version',
  'merged_into',
].join(', ');

/** A row as the database hands it out: MySQL gives bigint as text. */
export type IncidentRow = Record<string, string | number | null>;

/** A stored incident as the pipeline works on it. */
export function toWorkingIncident(row: IncidentRow): BatchIncident {
  const text = (column: string): string => String(row[column]);
  const textOrNull = (column: string): string | null => (row[column] === null ? null : String(row[column]));
  const numberOrNull = (column: string): number | null => (row[column] === null ? null : Number(row[column]));
  const parsed = <T>(column: string, empty: T): T => (row[column] === null ? empty : (JSON.parse(text(column)) as T));
  const cluster_id = text('cluster_id');
  const [alerts, firing] = [Number(row['alert_count']), Number(row['firing_count'])];
  return {
    id: text('id'),
    cluster_id,
    group_key: text('group_key'),
    open_key: textOrNull('open_key'),
    title: text('title'),
    severity: textOrNull('severity'),
    severity_rank: Number(row['severity_rank']),
    status: row['status'] === 'resolved' ? 'resolved' : 'open',
    group_labels: parsed<Record<string, string>>('group_labels', {}),
    alert_count: alerts,
    firing_count: firing,
    opened_at: Number(row['opened_at']),
    last_alert_at: Number(row['last_alert_at']),
    resolved_at: numberOrNull('resolved_at'),
    policy_version: Number(row['policy_version']),
    convergence: textOrNull('convergence') ?? 'default',
    scope_key: textOrNull('scope_key'),
    text: textOrNull('text'),
    priority: Number(row['priority']),
    priority_factors: parsed<PriorityFactor[]>('priority_factors', []),
    routes: parsed<RouteTaken[]>('routes', []),
    // Rows from before there was a breakdown have one cluster.
    breakdown: parsed<BatchIncident['breakdown']>('breakdown', { [cluster_id]: { alerts, firing } }),
    clusters: [],
    burst_from: numberOrNull('burst_from'),
    burst_count: Number(row['burst_count']),
    storm_at: numberOrNull('storm_at'),
    flapping: Number(row['flapping']) === 1,
    settle_at: numberOrNull('settle_at'),
    rule_id: textOrNull('rule_id'),
    rule_version: numberOrNull('rule_version'),
    merged_into: textOrNull('merged_into'),
    isNew: false,
    isChanged: false,
    isAnnounced: false,
    lastEvent: null,
    moments: [],
  };
}

/** What the pipeline changes of a row. */
export function incidentChange(incident: BatchIncident) {
  const { id, open_key, severity, severity_rank, status, alert_count, firing_count, last_alert_at, resolved_at } =
    incident;
  const { priority, burst_from, burst_count, storm_at, settle_at, rule_version } = incident;
  return {
    id,
    open_key,
    severity,
    severity_rank,
    status,
    alert_count,
    firing_count,
    last_alert_at,
    resolved_at,
    priority,
    priority_factors: JSON.stringify(incident.priority_factors),
    routes: JSON.stringify(incident.routes),
    breakdown: JSON.stringify(incident.breakdown),
    burst_from,
    burst_count,
    storm_at,
    flapping: incident.flapping ? 1 : 0,
    settle_at,
    rule_version,
  };
}

/** A new row. */
export function incidentRow(incident: BatchIncident) {
  const { cluster_id, group_key, title, opened_at, policy_version, convergence, scope_key, text, rule_id } = incident;
  return {
    ...incidentChange(incident),
    cluster_id,
    group_key,
    title,
    group_labels: JSON.stringify(incident.group_labels),
    opened_at,
    policy_version,
    convergence: convergence.slice(0, 100),
    scope_key,
    text,
    rule_id,
  };
}
