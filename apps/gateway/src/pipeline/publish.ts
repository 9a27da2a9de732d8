import {
  alertsChanged,
  alertSuppressed,
  incidentOpened,
  incidentResolved,
  incidentUpdated,
  type IncidentEvent,
} from '@alertagent/contracts';
import { fact, Outbox, type Fact } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { alertSnapshot, publishable } from './alert-snapshot';
import { alertsChangedEvents, type AlertOutcome } from './alerts-changed';
import { CanaryHearing, type SeenCanary } from '../canary/canary-hearing';
import type { Batch, BatchIncident, Heartbeat } from './batch';

/** Adds the facts of a batch to the outbox, in its transaction. */
@Injectable()
export class BatchPublisher {
  constructor(
    private readonly outbox: Outbox,
    private readonly canaries: CanaryHearing,
  ) {}

  /**
   * Per incident at most one of opened and updated, then resolved: what other services must know, not each repetition. `names` are those
   * of the clusters, by id.
   */
  async publish(tx: EntityManager, batch: Batch, names: ReadonlyMap<string, string>): Promise<void> {
    const changed = [...batch.set.incidents.values()].filter(isNews);
    const hidden = batch.events.filter(({ decided }) => decided?.verdict.disposition === 'suppressed');
    const facts: Fact[] = [];
    for (const incident of changed) {
      const event = incidentEvent(incident, names);
      const isResolved = incident.resolved_at !== null && incident.moments.some(({ kind }) => kind === 'resolved');
      if (incident.isNew) facts.push(fact(incidentOpened, { ...event, status: 'open' }));
      else if (!isResolved) facts.push(fact(incidentUpdated, event));
      if (isResolved) facts.push(fact(incidentResolved, { ...event, resolved_at: time(incident.resolved_at ?? 0) }));
    }
    for (const event of hidden) {
      const episode = event.decided?.episode;
      if (!episode) continue;
      facts.push(
        fact(alertSuppressed, {
          cluster_id: event.alert.cluster_id,
          alert_id: episode.id,
          alert: alertSnapshot(event, episode),
          suppressed_by: batch.set.policy.suppressions.nameOf(episode.suppressed_by ?? ''),
          why: event.decided?.verdict.why ?? '',
          suppressed_at: time(event.at),
        }),
      );
    }
    for (const changed of alertsChangedEvents(outcomesOf(batch))) facts.push(fact(alertsChanged, changed));
    facts.push(...this.canaries.facts('gateway', batch.heartbeats.filter(isFiring).map(seenCanary)));
    await this.outbox.addAll(tx, facts);
  }
}

const isFiring = ({ status }: Heartbeat): boolean => status === 'firing';

const seenCanary = ({ webhook, instance }: Heartbeat): SeenCanary => ({
  cluster_id: webhook.cluster_id,
  instance,
  at: webhook.received_at,
});

function* outcomesOf({ events }: Batch): Generator<AlertOutcome> {
  for (const { alert, at, decided } of events) {
    const { episode, verdict } = decided ?? {};
    if (!episode || !verdict) continue;
    yield {
      cluster_id: alert.cluster_id,
      received_at: at,
      id: episode.id,
      name: alert.name,
      severity: alert.severity,
      status: episode.status,
      disposition: verdict.disposition,
      incident_id: episode.incident_id,
      starts_at: alert.starts_at,
    };
  }
}

/** In a storm not each further alert is. */
function isNews({ isNew, isChanged, isAnnounced, lastEvent }: BatchIncident): boolean {
  return (isNew || (isChanged && isAnnounced)) && lastEvent !== null;
}

function incidentEvent(incident: BatchIncident, names: ReadonlyMap<string, string>): IncidentEvent {
  const event = incident.lastEvent;
  const episode = event?.decided?.episode;
  if (!event || !episode) throw new Error('a changed incident names the event that changed it');
  const nameOf = (id: string): string => names.get(id) ?? id;
  return {
    incident_id: incident.id,
    cluster_id: incident.cluster_id,
    cluster_name: nameOf(incident.cluster_id),
    title: incident.title,
    severity: incident.severity,
    status: incident.status,
    group_labels: publishable(incident.group_labels),
    alert_count: incident.alert_count,
    firing_count: incident.firing_count,
    opened_at: time(incident.opened_at),
    changed_at: time(event.at),
    priority: incident.priority,
    workflow: incident.routes.find(({ workflow }) => workflow !== null)?.workflow ?? null,
    teams: [...new Set(incident.routes.flatMap(({ team }) => team ?? []))],
    clusters: Object.entries(incident.breakdown).map(([cluster_id, { alerts, firing }]) => ({
      cluster_id,
      cluster_name: nameOf(cluster_id),
      alert_count: alerts,
      firing_count: firing,
    })),
    storm: incident.storm_at !== null,
    flapping: incident.flapping,
    alert: alertSnapshot(event, episode),
  };
}

const time = (ms: number): string => new Date(ms).toISOString();
