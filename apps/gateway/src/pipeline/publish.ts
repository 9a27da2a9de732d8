import {
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
import type { Batch, WorkingIncident } from './batch';
import { selectIn } from './bulk-write';

/** Adds the facts of a batch to the outbox, in its transaction. */
@Injectable()
export class BatchPublisher {
  constructor(private readonly outbox: Outbox) {}

  /** Per incident at most one of opened and updated, then resolved: what other services must know, not each repetition. */
  async publish(tx: EntityManager, batch: Batch): Promise<void> {
    const changed = [...batch.incidents.values()].filter(({ isChanged, lastEvent }) => isChanged && lastEvent);
    const clusterIds = [
      ...changed.map(({ cluster_id }) => cluster_id),
      ...batch.suppressions.map(({ event }) => event.alert.cluster_id),
    ];
    const names = await clusterNames(tx, clusterIds);
    const facts: Fact[] = [];
    for (const incident of changed) {
      const event = incidentEvent(incident, names);
      const isResolved = incident.resolved_at !== null && incident.moments.some(({ kind }) => kind === 'resolved');
      if (incident.isNew) facts.push(fact(incidentOpened, { ...event, status: 'open' }));
      else if (!isResolved) facts.push(fact(incidentUpdated, event));
      if (isResolved) facts.push(fact(incidentResolved, { ...event, resolved_at: time(incident.resolved_at ?? 0) }));
    }
    for (const { event, name, why } of batch.suppressions) {
      const { episode } = event;
      if (!episode) continue;
      facts.push(
        fact(alertSuppressed, {
          cluster_id: event.alert.cluster_id,
          alert_id: episode.id,
          alert: alertSnapshot(event, episode),
          suppressed_by: name,
          why,
          suppressed_at: time(event.webhook.received_at),
        }),
      );
    }
    await this.outbox.addAll(tx, facts);
  }
}

function incidentEvent(incident: WorkingIncident, names: ReadonlyMap<string, string>): IncidentEvent {
  const event = incident.lastEvent;
  if (!event?.episode) throw new Error('a changed incident names the event that changed it');
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
    opened_at: time(incident.opened_at),
    changed_at: time(event.webhook.received_at),
    alert: alertSnapshot(event, event.episode),
  };
}

async function clusterNames(tx: EntityManager, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await selectIn<{ id: string; name: string }>(
    tx,
    ids,
    (list) => `SELECT id, name FROM known_clusters WHERE id IN (${list})`,
  );
  return new Map(rows.map(({ id, name }) => [id, name]));
}

const time = (ms: number): string => new Date(ms).toISOString();
