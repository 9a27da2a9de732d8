import { ServiceError } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource, LessThan } from 'typeorm';
import { alertView } from '../alerts/alert-view';
import { AlertsStore } from '../alerts/alerts.store';
import { pageSize, readCursor, toPage } from '../alerts/page-cursor';
import { iso, isoOrNull } from '../alerts/wire-time';
import { ClusterNames } from './cluster-names';
import { IncidentEscalation } from './incident-escalation.entity';
import { IncidentTimelineStore } from './incident-timeline.store';
import type { IncidentDetail, IncidentPage, IncidentView, ListIncidents } from './incident.dto';
import { Incident } from './incident.entity';

const SHOWN_ALERTS = 100;
const SHOWN_MOMENTS = 1_000;

/** What can be read about incidents. */
@Injectable()
export class IncidentQueries {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clusters: ClusterNames,
    private readonly alerts: AlertsStore,
    private readonly timelines: IncidentTimelineStore,
  ) {}

  /** Newest first. Errors: ServiceError `invalid` for a cursor that is none. */
  async list(query: ListIncidents): Promise<IncidentPage> {
    const size = pageSize(query);
    const below = readCursor(query.cursor);
    const rows = await this.dataSource.manager.find(Incident, {
      where: {
        ...(below === null ? {} : { id: LessThan(below) }),
        ...(query.status === undefined ? {} : { status: query.status }),
        ...(query.cluster_id === undefined ? {} : { cluster_id: query.cluster_id }),
        ...(query.severity === undefined ? {} : { severity: query.severity }),
      },
      order: { id: 'DESC' },
      take: size + 1,
    });
    const names = await this.clusters.of(rows.map(({ cluster_id }) => cluster_id));
    return toPage(rows, size, (row) => incidentView(row, names));
  }

  /** Errors: ServiceError `not_found`. */
  async get(id: string): Promise<IncidentDetail> {
    const { manager } = this.dataSource;
    const incident = await manager.findOneBy(Incident, { id });
    if (!incident) throw new ServiceError('not_found', 'there is no such incident');
    const names = await this.clusters.of([incident.cluster_id]);
    const alerts = await this.alerts.ofIncident(id, SHOWN_ALERTS);
    const escalations = await manager.find(IncidentEscalation, { where: { incident_id: id }, order: { id: 'ASC' } });
    const timeline = await this.timelines.ofIncident(id, SHOWN_MOMENTS);
    return {
      ...incidentView(incident, names),
      alerts: alerts.map((alert) => alertView(alert, names)),
      analysis: incident.analysis,
      decision: incident.decision,
      escalations: escalations.map(({ escalation }) => escalation),
      timeline: timeline.map(({ at, kind, why, alert_id }) => ({ at: iso(at), kind, why, alert_id })),
    };
  }
}

function incidentView(row: Incident, clusterNames: ReadonlyMap<string, string>): IncidentView {
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
  };
}
