import { ServiceError } from '@alertagent/contracts';
import { Clock } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { alertView } from '../alerts/alert-view';
import { AlertsStore } from '../alerts/alerts.store';
import { pageSize, readCursor, toPage } from '../alerts/page-cursor';
import { searchReach, within } from '../alerts/search-reach';
import { iso } from '../alerts/wire-time';
import { ClusterNames } from './cluster-names';
import { IncidentEscalation } from './incident-escalation.entity';
import { filterIncidents, searchPaths } from './incident-filters';
import { IncidentNote } from './incident-note.entity';
import { noteView } from './incident-notes';
import { IncidentTimelineStore } from './incident-timeline.store';
import { clustersOf, incidentView } from './incident-view';
import type { IncidentDetail, IncidentPage, ListIncidents } from './incident.dto';
import { Incident } from './incident.entity';

const SHOWN_ALERTS = 100;
const SHOWN_MOMENTS = 1_000;
const SHOWN_NOTES = 50;

/** What can be read about incidents. */
@Injectable()
export class IncidentQueries {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clusters: ClusterNames,
    private readonly alerts: AlertsStore,
    private readonly timelines: IncidentTimelineStore,
    private readonly clock: Clock,
  ) {}

  /**
   * Newest first. A page of a search may hold fewer than it has room for, or nothing, and still have a cursor to go on. Errors:
   * ServiceError `invalid` for a cursor that is none.
   */
  async list(query: ListIncidents): Promise<IncidentPage> {
    const size = pageSize(query);
    const below = readCursor(query.cursor);
    const now = this.clock.now().getTime();
    const select = this.dataSource.manager.createQueryBuilder(Incident, 'incident');
    if (below !== null) select.where('incident.id < :below', { below });
    const paths = searchPaths(query);
    const reach = paths && (await searchReach(this.dataSource.manager, Incident, paths, below));
    if (reach) within(select, reach);
    const clusterIds = query.cluster === undefined ? [] : await this.clusters.named(query.cluster);
    filterIncidents(select, query, { now, clusterIds });
    const rows = await select
      .orderBy('incident.id', 'DESC')
      .take(size + 1)
      .getMany();
    const names = await this.clusters.of(clustersOf(rows));
    return toPage(rows, size, (row) => incidentView(row, names, now), reach?.lookTo);
  }

  /** Errors: ServiceError `not_found`. */
  async get(id: string): Promise<IncidentDetail> {
    const { manager } = this.dataSource;
    const incident = await manager.findOneBy(Incident, { id });
    if (!incident) throw new ServiceError('not_found', 'there is no such incident');
    const alerts = await this.alerts.ofIncident(id, SHOWN_ALERTS);
    const names = await this.clusters.of([...clustersOf([incident]), ...alerts.map(({ cluster_id }) => cluster_id)]);
    const escalations = await manager.find(IncidentEscalation, { where: { incident_id: id }, order: { id: 'ASC' } });
    const timeline = await this.timelines.ofIncident(id, SHOWN_MOMENTS);
    const notes = await manager.find(IncidentNote, {
      where: { incident_id: id },
      order: { id: 'DESC' },
      take: SHOWN_NOTES,
    });
    return {
      ...incidentView(incident, names, this.clock.now().getTime()),
      alerts: alerts.map((alert) => alertView(alert, names)),
      analysis: incident.analysis,
      decision: incident.decision,
      escalations: escalations.map(({ escalation }) => escalation),
      timeline: timeline.map(({ at, kind, why, alert_id }) => ({ at: iso(at), kind, why, alert_id })),
      priority_factors: incident.priority_factors ?? [],
      routes: incident.routes ?? [],
      convergence: incident.convergence,
      notes: notes.map(noteView),
    };
  }
}
