import { ServiceError } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { AlertsStore } from '../alerts/alerts.store';
import type { StoredAlert } from '../alerts/stored-alert';
import { ClusterNames } from '../incidents/cluster-names';
import { IncidentsStore, type StoredIncident } from '../incidents/incidents.store';
import type { ProcessingRecord } from '../ledger/processing-record';
import { ProcessingRecordsStore } from '../ledger/processing-records.store';
import { RuleExplanation } from './rule-explanation';
import { WhyEvents } from './why-events';
import type { AlertWhyView, HidingSuppression, IncidentInShort, WhyEvent } from './why.dto';

/** Events shown from either end. */
const PER_END = 50;

/** Tells the whole way of an alert: what was decided about each event, by which policy, and why nothing else was. */
@Injectable()
export class AlertWhy {
  constructor(
    private readonly alerts: AlertsStore,
    private readonly incidents: IncidentsStore,
    private readonly clusters: ClusterNames,
    private readonly records: ProcessingRecordsStore,
    private readonly events: WhyEvents,
    private readonly explanation: RuleExplanation,
  ) {}

  /** Errors: ServiceError `not_found`. */
  async of(id: string): Promise<AlertWhyView> {
    const alert = await this.alerts.find(id);
    if (!alert)
      throw new ServiceError(
        'not_found',
        'there is no such alert; one that is over for longer than the retention is only in the archive',
      );
    const names = await this.clusters.of([alert.cluster_id]);
    const { events, count } = await this.records.ofAlert(id, PER_END);
    const explained: WhyEvent[] = [];
    for (const record of events) explained.push(await this.events.explain(record));
    const incident = alert.incident_id === null ? null : await this.incidents.find(alert.incident_id);
    const suppressed_by = await this.hiding(alert.suppressed_by, events);
    return {
      alert_id: alert.id,
      name: alert.labels['alertname'] ?? '',
      cluster_id: alert.cluster_id,
      cluster_name: names.get(alert.cluster_id) ?? alert.cluster_id,
      labels: alert.labels,
      status: alert.status,
      clock_skew: alert.clock_skew,
      summary: summaryOf(alert, incident, suppressed_by),
      event_count: count,
      events: explained,
      events_shortened: count > events.length,
      events_archived: (events[0]?.received_at ?? Infinity) > alert.received_at,
      incident: incident && incidentInShort(incident),
      suppressed_by,
      ...(await this.explanation.of(events)),
    };
  }

  private async hiding(id: string | null, events: readonly ProcessingRecord[]): Promise<HidingSuppression | null> {
    const version = events.at(-1)?.policy_version ?? 0;
    return id === null || version === 0 ? null : this.events.suppression(id, version);
  }
}

function incidentInShort(incident: StoredIncident): IncidentInShort {
  const { id, title, status, priority, priority_factors, routes, merged_into } = incident;
  return {
    id,
    title,
    status,
    priority,
    priority_factors: priority_factors ?? [],
    routes: routes ?? [],
    merged_into,
    link: `/api/v1/incidents/${id}/why`,
  };
}

function summaryOf(alert: StoredAlert, incident: StoredIncident | null, hidden: HidingSuppression | null): string {
  const state = alert.status === 'firing' ? 'The alert fires' : 'The alert has ended';
  if (incident) {
    const ways = (incident.routes ?? []).map(({ workflow, team }) => [team, workflow].filter(Boolean).join(' by '));
    const told = ways.length > 0 ? `, which went to ${ways.join(' and ')}` : '';
    return `${state}; it belongs to the incident "${incident.title}" (P${incident.priority}, ${incident.status})${told}.`;
  }
  if (hidden) {
    const end = hidden.ends_at === null ? 'without an end' : `until ${hidden.ends_at}`;
    return `${state}; "${hidden.name}" of ${hidden.owner} hides it ${end}: ${hidden.reason}.`;
  }
  if (alert.suppressed_by !== null) return `${state}; "${alert.suppressed_by}" hides it.`;
  return `${state}; it was first heard of when it was over, and opened no incident.`;
}
