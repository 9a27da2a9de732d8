import { compileSchedules, explainRouting, groupingOf, type PolicySnapshot } from '@alertagent/alerting';
import { ServiceError } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Alert } from '../alerts/alert.entity';
import { ClusterNames } from '../incidents/cluster-names';
import { Incident } from '../incidents/incident.entity';
import type { ProcessingRecord } from '../ledger/processing-record';
import { ProcessingRecordsStore } from '../ledger/processing-records.store';
import { PolicyStore } from '../policies/policy-store';
import { DecisionReplays } from './decision-replays';
import { WhyEvents } from './why-events';
import type { AlertWhyView, HidingSuppression, IncidentInShort, RuleReasonView, WhyEvent } from './why.dto';

/** Events shown from either end. */
const PER_END = 50;

type Explained = Pick<AlertWhyView, 'explained_with' | 'convergence' | 'routes'>;

/** Tells the whole way of an alert: what was decided about each event, by which policy, and why nothing else was. */
@Injectable()
export class AlertWhy {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clusters: ClusterNames,
    private readonly records: ProcessingRecordsStore,
    private readonly policies: PolicyStore,
    private readonly events: WhyEvents,
    private readonly replays: DecisionReplays,
  ) {}

  /** Errors: ServiceError `not_found`. */
  async of(id: string): Promise<AlertWhyView> {
    const { manager } = this.dataSource;
    const alert = await manager.findOneBy(Alert, { id });
    if (!alert) throw new ServiceError('not_found', 'there is no such alert');
    const names = await this.clusters.of([alert.cluster_id]);
    const { events, count } = await this.records.ofAlert(id, PER_END);
    const explained: WhyEvent[] = [];
    for (const record of events) explained.push(await this.events.explain(record));
    const incident = alert.incident_id === null ? null : await manager.findOneBy(Incident, { id: alert.incident_id });
    const suppressed_by = await this.hiding(alert.suppressed_by, events);
    return {
      alert_id: alert.id,
      name: alert.labels['alertname'] ?? '',
      cluster_id: alert.cluster_id,
      cluster_name: names.get(alert.cluster_id) ?? alert.cluster_id,
      labels: alert.labels,
      status: alert.status,
      summary: summaryOf(alert, incident, suppressed_by),
      event_count: count,
      events: explained,
      events_shortened: count > events.length,
      incident: incident && incidentInShort(incident),
      suppressed_by,
      ...(await this.explain(events)),
    };
  }

  private async hiding(id: string | null, events: readonly ProcessingRecord[]): Promise<HidingSuppression | null> {
    const version = events.at(-1)?.policy_version ?? 0;
    return id === null || version === 0 ? null : this.events.suppression(id, version);
  }

  /** Rules and routes as the first decision saw them. */
  private async explain(events: readonly ProcessingRecord[]): Promise<Explained> {
    for (const record of events) {
      if (record.event_status !== 'firing') continue;
      const again = await this.replays.again(record);
      if (typeof again === 'string') continue;
      const { event, version } = again;
      const { manager } = this.dataSource;
      const snapshot = await this.policies.snapshot(manager, version);
      const { rule } = groupingOf((await this.policies.version(manager, version)).convergence, event.alert);
      const schedules = compileSchedules(snapshot.policy.schedules).value;
      return {
        explained_with: version,
        convergence: rulesUpTo(rule.name, snapshot),
        routes: explainRouting(snapshot.policy.routing, schedules, event),
      };
    }
    return { explained_with: null, convergence: [], routes: [] };
  }
}

/** Rules are tried in order: those before the one that was taken did not apply, those behind it were not looked at. */
function rulesUpTo(taken: string, { policy }: PolicySnapshot): RuleReasonView[] {
  const place = policy.convergence.findIndex(({ name }) => name === taken);
  return policy.convergence.map(({ name, match, condition }, index) => {
    const test = [...match, ...(condition ? [condition] : [])].join(' and ');
    if (index > place) return { name, taken: false, why: `not looked at: "${taken}" before it applies` };
    if (index === place)
      return { name, taken: true, why: test === '' ? 'it applies to everything' : `it applies: ${test}`.slice(0, 300) };
    return { name, taken: false, why: `the alert does not satisfy ${test}`.slice(0, 300) };
  });
}

function incidentInShort(incident: Incident): IncidentInShort {
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

function summaryOf(alert: Alert, incident: Incident | null, hidden: HidingSuppression | null): string {
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
