import { MAX_CHANGED_ALERTS, type AlertChange, type AlertsChanged, type Disposition } from '@alertagent/contracts';

/** What one event about an alert came to. */
export interface AlertOutcome extends AlertChange {
  cluster_id: string;
  /** When its webhook was received, epoch milliseconds. */
  received_at: number;
}

/** Those that leave an alert as it was, or for which there is none. */
const UNCHANGED: ReadonlySet<Disposition> = new Set(['duplicate', 'stale', 'quarantined']);

/**
 * One event per cluster out of everything that one batch came to, in the order the clusters appear. An alert that changed more than
 * once is named once, as it is at the end; what is above the limit is counted.
 */
export function alertsChangedEvents(outcomes: Iterable<AlertOutcome>): AlertsChanged[] {
  const clusters = new Map<string, { at: number; alerts: Map<string, AlertChange> }>();
  for (const { cluster_id, received_at, ...alert } of outcomes) {
    if (UNCHANGED.has(alert.disposition)) continue;
    const cluster = clusters.get(cluster_id) ?? { at: 0, alerts: new Map<string, AlertChange>() };
    clusters.set(cluster_id, cluster);
    cluster.at = Math.max(cluster.at, received_at);
    cluster.alerts.set(alert.id, alert);
  }
  return [...clusters].map(([cluster_id, { at, alerts }]) => ({
    cluster_id,
    at: new Date(at).toISOString(),
    alerts: [...alerts.values()].slice(0, MAX_CHANGED_ALERTS),
    more: Math.max(0, alerts.size - MAX_CHANGED_ALERTS),
  }));
}
