import { ServiceError } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource, LessThan, MoreThanOrEqual, type FindOptionsWhere } from 'typeorm';
import { ClusterNames } from '../incidents/cluster-names';
import { IncidentTimelineStore } from '../incidents/incident-timeline.store';
import type { ProcessingRecord } from '../ledger/processing-record';
import { ProcessingRecordsStore } from '../ledger/processing-records.store';
import { AlertLookup, type FoundAlert } from '../rest/alert-lookup';
import { idBefore } from '../retention/id-before';
import { alertView, FLAP_SPELL_MS } from './alert-view';
import type { AlertDetail, AlertPage, AlertTimelineEntry, ListAlerts } from './alert.dto';
import { Alert } from './alert.entity';
import { pageSize, readCursor, toPage } from './page-cursor';
import { searchReach, within, type SearchPath } from './search-reach';
import { iso } from './wire-time';

/** The clocks that an alert's id and its time of arrival come from differ by less than this. */
const CLOCKS_DIFFER_MS = 3_600_000;
/** Events shown from either end of a long timeline. */
const TIMELINE_END = 100;

/** The episodes before it, flapping or not yet known to, are one with an episode that flaps. */
const NEWEST_OF_ITS_SPELL =
  'NOT EXISTS (SELECT 1 FROM alerts newer WHERE newer.label_hash = alert.label_hash AND newer.starts_at_ms > alert.starts_at_ms ' +
  'AND newer.starts_at_ms <= alert.starts_at_ms + :spell AND newer.flapping = :flaps)';

/** What can be read about alerts. */
@Injectable()
export class AlertQueries implements AlertLookup {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clusters: ClusterNames,
    private readonly records: ProcessingRecordsStore,
    private readonly timelines: IncidentTimelineStore,
  ) {}

  /**
   * Newest first. A page of a search, with filters that no one index answers, may hold fewer than it has room for, or nothing, and still
   * have a cursor to go on. Errors: ServiceError `invalid` for a cursor that is none.
   */
  async list(query: ListAlerts): Promise<AlertPage> {
    const size = pageSize(query);
    const below = readCursor(query.cursor);
    const where: FindOptionsWhere<Alert> = {
      ...(below === null ? {} : { id: LessThan(below) }),
      ...(query.status === undefined ? {} : { status: query.status }),
      ...(query.name === undefined ? {} : { name: stored(query.name) }),
      ...(query.severity === undefined ? {} : { severity: query.severity }),
      ...(query.cluster_id === undefined ? {} : { cluster_id: query.cluster_id }),
      ...(query.incident_id === undefined ? {} : { incident_id: query.incident_id }),
      ...(query.since === undefined ? {} : { received_at: MoreThanOrEqual(Date.parse(query.since)) }),
    };
    const select = this.dataSource.manager.createQueryBuilder(Alert, 'alert').where(where);
    // Ids are in the order of time: what came before need not be looked at.
    const oldest = query.since === undefined ? null : idBefore(Date.parse(query.since) - CLOCKS_DIFFER_MS);
    if (oldest !== null) select.andWhere('alert.id >= :oldest', { oldest });
    const paths = searchPaths(query);
    const reach = paths && (await searchReach(this.dataSource.manager, Alert, paths, below));
    if (reach) within(select, reach);
    if (query.collapse === 'flapping') select.andWhere(NEWEST_OF_ITS_SPELL, { spell: FLAP_SPELL_MS, flaps: true });
    const rows = await select
      .orderBy('alert.id', 'DESC')
      .take(size + 1)
      .getMany();
    const names = await this.clusters.of(rows.map(({ cluster_id }) => cluster_id));
    const lookedTo = reach?.lookTo ?? null;
    const isToTheEnd = lookedTo === null || (oldest !== null && lookedTo < oldest);
    return toPage(rows, size, (row) => alertView(row, names), isToTheEnd ? null : lookedTo);
  }

  /** Errors: ServiceError `not_found`. */
  async get(id: string): Promise<AlertDetail> {
    const alert = await this.dataSource.manager.findOneBy(Alert, { id });
    if (!alert) throw new ServiceError('not_found', 'there is no such alert');
    const names = await this.clusters.of([alert.cluster_id]);
    const { events, count } = await this.records.ofAlert(id, TIMELINE_END);
    const moments = await this.momentsOf(alert.incident_id);
    return {
      ...alertView(alert, names),
      event_count: count,
      timeline: [...events.flatMap(stagesOf), ...moments].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)),
      timeline_shortened: count > events.length,
    };
  }

  /** An alert by its id, or the one that opened the incident with this id. */
  async findAlert(id: string): Promise<FoundAlert | null> {
    const { manager } = this.dataSource;
    const alert =
      (await manager.findOneBy(Alert, { id })) ??
      (await manager.findOne(Alert, { where: { incident_id: id }, order: { id: 'ASC' } }));
    if (!alert) return null;
    const view = alertView(alert, await this.clusters.of([alert.cluster_id]));
    const { name, severity, status, labels, annotations, starts_at, ends_at, generator_url } = view;
    return {
      alert: { id: alert.id, name, severity, status, labels, annotations, starts_at, ends_at, generator_url },
      incident_id: alert.incident_id,
      cluster_id: alert.cluster_id,
      cluster_name: view.cluster_name,
    };
  }

  private async momentsOf(incidentId: string | null): Promise<AlertTimelineEntry[]> {
    if (incidentId === null) return [];
    const entries = await this.timelines.ofIncident(incidentId, TIMELINE_END);
    return entries.map(({ at, kind, why }) => ({ at: iso(at), stage: 'incident', outcome: kind, why }));
  }
}

function stagesOf(record: ProcessingRecord): AlertTimelineEntry[] {
  return record.stages.map(({ stage, outcome, why }) => ({
    at: iso(record.received_at),
    stage,
    outcome,
    why,
    event_status: record.event_status,
    disposition: record.disposition,
  }));
}

/** The ways to the alerts that a list asks for, when it has to look at them one by one; null when one index answers it. */
function searchPaths({ status, name, severity, cluster_id, incident_id, collapse }: ListAlerts): SearchPath[] | null {
  const filters = [status, name, severity, cluster_id, incident_id].filter((filter) => filter !== undefined);
  const isOneIndex = filters.length < 2 || (filters.length === 2 && cluster_id !== undefined && status !== undefined);
  if (isOneIndex && collapse === undefined) return null;
  const paths: SearchPath[] = [
    ...(incident_id === undefined ? [] : [{ index: 'IX_alerts_incident_id', where: { incident_id } }]),
    ...(name === undefined ? [] : [{ index: 'IX_alerts_name', where: { name: stored(name) } }]),
    ...(cluster_id === undefined || status === undefined
      ? []
      : [{ index: 'IX_alerts_cluster_id', where: { cluster_id, status } }]),
    ...(severity === undefined ? [] : [{ index: 'IX_alerts_severity', where: { severity } }]),
    ...(status === undefined ? [] : [{ index: 'IX_alerts_status', where: { status } }]),
  ];
  return paths.length > 0 ? paths : [{ index: null, where: {} }];
}

/** A name as far as it is stored for filtering. */
const stored = (name: string): string => [...name].slice(0, 255).join('');
