import { newId } from '@alertagent/service-kit';
import type { EntityManager } from 'typeorm';
import type { AlertEvent, Batch, Episode, RefusedAlert, WorkingIncident } from '../batch';
import { insertRows, updateRows } from '../bulk-write';

/** Writes what the stages made of a batch: episodes, incidents, and one processing record for each event. */
export async function record(tx: EntityManager, batch: Batch, now: number): Promise<void> {
  const incidents = [...batch.incidents.values()];
  // Before the new ones: a group's place must be free when its next incident takes it.
  await updateRows(
    tx,
    'incidents',
    incidents.filter(({ isNew, isChanged }) => !isNew && isChanged).map(incidentChange),
  );
  await insertRows(tx, 'incidents', incidents.filter(({ isNew }) => isNew).map(incidentRow));
  await recordEpisodes(tx, batch);
  await insertRows(tx, 'incident_timeline', incidents.flatMap(timelineRows));
  await insertRows(tx, 'alert_quarantine', batch.refused.map(quarantineRow));
  await insertRows(tx, 'alert_processing_records', [
    ...batch.events.map((event) => processingRow(event, now)),
    ...batch.refused.map((refused) => refusalRow(refused, now)),
  ]);
}

async function recordEpisodes(tx: EntityManager, batch: Batch): Promise<void> {
  const episodes = new Set([...batch.episodes.values(), ...batch.newest.values()]);
  const started: { source: AlertEvent; episode: Episode }[] = [];
  const changed: Episode[] = [];
  for (const episode of episodes) {
    if (episode.source) started.push({ source: episode.source, episode });
    else if (episode.isChanged) changed.push(episode);
  }
  // In key order: workers that meet the same new alerts wait for each other instead of deadlocking.
  started.sort((a, b) => (a.episode.episode_key < b.episode.episode_key ? -1 : 1));
  await insertRows(
    tx,
    'alerts',
    started.map(({ source, episode }) => episodeRow(source, episode)),
  );
  await updateRows(
    tx,
    'alerts',
    changed.map(({ id, status, ends_at_ms, incident_id, suppressed_by }) => ({
      id,
      status,
      ends_at_ms,
      incident_id,
      suppressed_by: cut(suppressed_by, 255),
    })),
  );
}

function episodeRow({ alert, webhook }: AlertEvent, episode: Episode) {
  return {
    id: episode.id,
    episode_key: episode.episode_key,
    label_hash: episode.label_hash,
    cluster_id: episode.cluster_id,
    incident_id: episode.incident_id,
    name: cut(alert.name, 255),
    severity: cut(alert.severity, 100),
    status: episode.status,
    starts_at: alert.starts_at.slice(0, 64),
    starts_at_ms: episode.starts_at_ms,
    ends_at_ms: episode.ends_at_ms,
    received_at: webhook.received_at,
    suppressed_by: cut(episode.suppressed_by, 255),
    fingerprint: cut(alert.fingerprint, 100),
    truncated: alert.truncated ? 1 : 0,
    labels: JSON.stringify(alert.labels),
    annotations: JSON.stringify(alert.annotations),
    generator_url: alert.generator_url,
  };
}

function incidentRow(incident: WorkingIncident) {
  return {
    ...incidentChange(incident),
    cluster_id: incident.cluster_id,
    group_key: incident.group_key,
    title: incident.title,
    group_labels: JSON.stringify(incident.group_labels),
    opened_at: incident.opened_at,
  };
}

function incidentChange(incident: WorkingIncident) {
  const { id, open_key, severity, severity_rank, status, alert_count, firing_count, last_alert_at, resolved_at } =
    incident;
  return { id, open_key, severity, severity_rank, status, alert_count, firing_count, last_alert_at, resolved_at };
}

function timelineRows(incident: WorkingIncident) {
  return incident.moments.map(({ kind, at, why, alert_id }) => ({
    id: newId(),
    incident_id: incident.id,
    at,
    kind,
    why,
    alert_id,
  }));
}

function processingRow(event: AlertEvent, processed_at: number) {
  if (!event.ending) throw new Error('an event came out of the stages without a disposition');
  return {
    inbox_id: event.webhook.id,
    alert_index: event.index,
    cluster_id: event.webhook.cluster_id,
    disposition: event.ending.disposition as string,
    event_status: event.alert.status as string | null,
    alert_id: event.episode?.id ?? null,
    incident_id: event.episode?.incident_id ?? null,
    received_at: event.webhook.received_at,
    processed_at,
    why: event.ending.why,
    stages: JSON.stringify(event.notes),
  };
}

function refusalRow({ webhook, index, code, detail }: RefusedAlert, processed_at: number) {
  return {
    inbox_id: webhook.id,
    alert_index: index,
    cluster_id: webhook.cluster_id,
    disposition: 'quarantined',
    event_status: null,
    alert_id: null,
    incident_id: null,
    received_at: webhook.received_at,
    processed_at,
    why: detail,
    stages: JSON.stringify([{ stage: 'intake', outcome: code, why: detail }]),
  };
}

function quarantineRow({ webhook, index, code, pointer, detail, raw }: RefusedAlert) {
  return {
    id: newId(),
    inbox_id: webhook.id,
    alert_index: index,
    cluster_id: webhook.cluster_id,
    code: code.slice(0, 40),
    pointer,
    detail,
    raw,
    received_at: webhook.received_at,
  };
}

function cut<T extends string | null>(text: T, characters: number): T {
  if (text === null || text.length <= characters) return text;
  return [...text.slice(0, characters * 2)].slice(0, characters).join('').toWellFormed() as T;
}
