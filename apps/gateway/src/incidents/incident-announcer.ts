import {
  incidentOpened,
  incidentResolved,
  incidentUpdated,
  type AlertSnapshot,
  type ClusterShare,
  type IncidentEvent,
} from '@alertagent/contracts';
import { Clock, Outbox } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AlertsStore } from '../alerts/alerts.store';
import type { StoredAlert } from '../alerts/stored-alert';
import { iso, isoOrNull } from '../alerts/wire-time';
import { publishable } from '../pipeline/alert-snapshot';
import { ClusterNames } from './cluster-names';
import { acknowledgementOf, snoozeOf } from './incident-attention';
import { sharesOf } from './incident-shares';
import type { Incident } from './incident.entity';

/** Tells other services of what people or time did to incidents; the pipeline tells of what alerts did. */
@Injectable()
export class IncidentAnnouncer {
  constructor(
    private readonly outbox: Outbox,
    private readonly alerts: AlertsStore,
    private readonly clusters: ClusterNames,
    private readonly clock: Clock,
  ) {}

  /** Announces an incident as it is now, in the transaction of the change. */
  async announce(tx: EntityManager, incident: Incident, what: 'opened' | 'updated' | 'resolved'): Promise<void> {
    // One that was merged into another has none left.
    const alert =
      (await this.alerts.lastOf(tx, incident.id)) ??
      (incident.merged_into === null ? null : await this.alerts.lastOf(tx, incident.merged_into));
    if (!alert) return;
    const event = await this.event(tx, incident, alert);
    if (what === 'opened') await this.outbox.add(tx, incidentOpened, { ...event, status: 'open' });
    else if (what === 'updated') await this.outbox.add(tx, incidentUpdated, event);
    else await this.outbox.add(tx, incidentResolved, { ...event, resolved_at: iso(incident.resolved_at ?? 0) });
  }

  private async event(tx: EntityManager, incident: Incident, alert: StoredAlert): Promise<IncidentEvent> {
    const now = this.clock.now().getTime();
    const shares = sharesOf(incident);
    const names = await this.clusters.of([incident.cluster_id, ...Object.keys(shares)], tx);
    const routes = incident.routes ?? [];
    return {
      incident_id: incident.id,
      cluster_id: incident.cluster_id,
      cluster_name: names.get(incident.cluster_id) ?? incident.cluster_id,
      title: incident.title,
      severity: incident.severity,
      status: incident.status,
      group_labels: publishable(incident.group_labels),
      alert_count: incident.alert_count,
      firing_count: incident.firing_count,
      opened_at: iso(incident.opened_at),
      changed_at: iso(now),
      priority: incident.priority,
      workflow: routes.find(({ workflow }) => workflow !== null)?.workflow ?? null,
      teams: [...new Set(routes.flatMap(({ team }) => team ?? []))],
      clusters: clusterShares(incident, names),
      storm: incident.storm_at !== null,
      flapping: incident.flapping,
      acknowledged_by: acknowledgementOf(incident, now)?.by ?? null,
      snoozed_until: isoOrNull(snoozeOf(incident, now)),
      merged_into: incident.merged_into,
      alert: snapshotOf(alert),
    };
  }
}

/** The alerts of an incident by cluster, as people read it. */
export function clusterShares(incident: Incident, names: ReadonlyMap<string, string>): ClusterShare[] {
  return Object.entries(sharesOf(incident)).map(([cluster_id, { alerts, firing }]) => ({
    cluster_id,
    cluster_name: names.get(cluster_id) ?? cluster_id,
    alert_count: alerts,
    firing_count: firing,
  }));
}

function snapshotOf(alert: StoredAlert): AlertSnapshot {
  return {
    id: alert.id,
    name: alert.labels['alertname'] ?? '',
    severity: alert.severity,
    status: alert.status,
    labels: publishable(alert.labels),
    annotations: publishable(alert.annotations),
    starts_at: alert.starts_at,
    ends_at: isoOrNull(alert.ends_at_ms),
    generator_url: alert.generator_url,
  };
}
