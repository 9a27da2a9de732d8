import { ServiceError } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { AlertsStore } from '../alerts/alerts.store';
import type { StoredAlert } from '../alerts/stored-alert';
import { iso } from '../alerts/wire-time';
import { ClusterNames } from '../incidents/cluster-names';
import { sharesOf } from '../incidents/incident-shares';
import type { IncidentMoment, TimelineMoment } from '../incidents/incident-timeline';
import { IncidentTimelineStore } from '../incidents/incident-timeline.store';
import type { IncidentMomentView } from '../incidents/incident.dto';
import { IncidentsStore, type StoredIncident } from '../incidents/incidents.store';
import { ProcessingRecordsStore } from '../ledger/processing-records.store';
import { WhyEvents } from './why-events';
import type { IncidentWhyView, JoinedAlert, JoinedSummary, WhyEvent } from './why.dto';

const SHOWN_ALERTS = 20;
const SHOWN_MOMENTS = 1000;

/** Tells the life of an incident: how it was opened, what joined, why it is as urgent as it is, where it went and how it ended. */
@Injectable()
export class IncidentWhy {
  constructor(
    private readonly incidents: IncidentsStore,
    private readonly alerts: AlertsStore,
    private readonly clusters: ClusterNames,
    private readonly timelines: IncidentTimelineStore,
    private readonly records: ProcessingRecordsStore,
    private readonly events: WhyEvents,
  ) {}

  /** Errors: ServiceError `not_found`. */
  async of(id: string): Promise<IncidentWhyView> {
    const incident = await this.incidents.find(id);
    if (!incident)
      throw new ServiceError(
        'not_found',
        'there is no such incident; one that is over for longer than the retention is only in the archive',
      );
    const timeline = await this.timelines.ofIncident(id, SHOWN_MOMENTS);
    const moments = (...kinds: IncidentMoment[]): IncidentMomentView[] =>
      timeline.filter(({ kind }) => kinds.includes(kind)).map(momentView);
    const opened = timeline.find(({ kind }) => kind === 'opened');
    return {
      incident_id: incident.id,
      title: incident.title,
      status: incident.status,
      summary: summaryOf(incident),
      convergence: incident.convergence,
      policy_version: incident.policy_version,
      opened_by: await this.openedBy(opened?.alert_id ?? null),
      joined: await this.joined(incident),
      priority: incident.priority,
      priority_factors: incident.priority_factors ?? [],
      priority_changes: moments('severity_raised', 'priority_raised'),
      storms: moments('storm_began', 'storm_ended'),
      routes: incident.routes ?? [],
      closed: moments('closed_to_new_alerts', 'merged').at(-1) ?? null,
      resolved: incident.status === 'resolved' ? (moments('resolved').at(-1) ?? null) : null,
      timeline: timeline.map(momentView),
    };
  }

  private async openedBy(alertId: string | null): Promise<WhyEvent | null> {
    const record = alertId === null ? null : await this.records.first(alertId);
    return record && this.events.explain(record);
  }

  private async joined(incident: StoredIncident): Promise<JoinedSummary> {
    const shares = Object.entries(sharesOf(incident));
    const names = await this.clusters.of(shares.map(([id]) => id));
    const alerts = await this.alerts.ofIncident(incident.id, SHOWN_ALERTS);
    const first: JoinedAlert[] = [];
    for (const alert of alerts) first.push(await this.joinedAlert(alert));
    return {
      alerts: incident.alert_count,
      firing: incident.firing_count,
      clusters: shares.map(([id, share]) => ({ cluster_id: id, cluster_name: names.get(id) ?? id, ...share })),
      first,
      link: `/api/v1/alerts?incident_id=${incident.id}`,
    };
  }

  private async joinedAlert({ id, labels, severity, status, received_at }: StoredAlert): Promise<JoinedAlert> {
    const record = await this.records.first(id);
    const joining = record?.stages.find(({ stage }) => stage === 'converge');
    return {
      alert_id: id,
      name: labels['alertname'] ?? '',
      severity,
      status,
      received_at: iso(received_at),
      why: joining?.why ?? record?.why ?? null,
    };
  }
}

const momentView = ({ at, kind, why, alert_id }: TimelineMoment): IncidentMomentView => ({
  at: iso(at),
  kind,
  why,
  alert_id,
});

function summaryOf({
  status,
  priority,
  alert_count,
  firing_count,
  settle_at,
  storm_at,
  merged_into,
}: StoredIncident): string {
  const alerts = `${alert_count} ${alert_count === 1 ? 'alert' : 'alerts'}`;
  if (merged_into !== null) return `Merged into the incident ${merged_into}, which goes on with its alerts.`;
  if (status === 'resolved') return `Resolved: ${alerts}, all of which have ended.`;
  const storm = storm_at === null ? '' : ', in a storm';
  if (settle_at !== null)
    return `Open, P${priority}${storm}: all ${alerts} have ended; it is resolved at ${iso(settle_at)} unless one comes back.`;
  return `Open, P${priority}${storm}: ${firing_count} of ${alerts} still fire.`;
}
