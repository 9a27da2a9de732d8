import { compactSituation, ruleOf } from '@alertagent/alerting';
import { newId } from '@alertagent/service-kit';
import type { EntityManager } from 'typeorm';
import { recordHeartbeats } from '../canary/record-heartbeats';
import type { AlertEvent, Batch, BatchIncident, Episode, RefusedAlert } from './batch';
import { Writes } from './bulk-write';
import { clockSkews } from './clock-skews';
import { incidentChange, incidentRow } from './incident-row';
import { recordCounts } from './record-counts';

/** How far the time of the last report is behind, at most: writing it at each repetition would double the work. */
const SEEN_EVERY_MS = 60_000;

/** Sends what became of a batch: episodes, incidents, and one processing record for each event. */
export async function record(writes: Writes, batch: Batch, now: number): Promise<void> {
  await recordIncidents(writes, batch);
  await recordEpisodes(writes, batch);
  await flagSkews(writes, batch);
  await recordMarkers(writes, batch);
  const { version } = batch.set.policy;
  await writes.insert(
    'alert_processing_records',
    batch.events.map((event) => processingRow(event, version, now)),
  );
  await sendRefused(writes, batch.refused, now);
  await recordCounts(writes, batch);
  await recordHeartbeats(writes, batch, now);
}

/** Writes alerts that are set aside, each with its account in the ledger. */
export async function recordRefused(tx: EntityManager, refused: readonly RefusedAlert[], now: number): Promise<void> {
  const writes = new Writes(tx);
  await sendRefused(writes, refused, now);
  await writes.settle();
}

async function sendRefused(writes: Writes, refused: readonly RefusedAlert[], now: number): Promise<void> {
  await writes.insert('alert_quarantine', refused.map(quarantineRow));
  await writes.insert(
    'alert_processing_records',
    refused.map((alert) => refusalRow(alert, now)),
  );
}

async function recordIncidents(writes: Writes, { set }: Batch): Promise<void> {
  const incidents = [...set.incidents.values()];
  // Before the new ones: a group's place must be free when its next incident takes it.
  await writes.update('incidents', incidents.filter(({ isNew, isChanged }) => !isNew && isChanged).map(incidentChange));
  await writes.insert('incidents', incidents.filter(({ isNew }) => isNew).map(incidentRow));
  await writes.insert('incident_timeline', incidents.flatMap(timelineRows));
}

async function recordEpisodes(writes: Writes, { set }: Batch): Promise<void> {
  const started: { source: AlertEvent; episode: Episode }[] = [];
  const changed: Episode[] = [];
  const seen: { id: string; last_seen_at: number }[] = [];
  for (const episode of set.episodes.values()) {
    if (episode.source) started.push({ source: episode.source, episode });
    else if (episode.isChanged) changed.push(episode);
    else if (isSeenAnew(episode)) seen.push({ id: episode.id, last_seen_at: episode.seen_at! });
  }
  // In key order: workers that meet the same new alerts wait for each other instead of deadlocking.
  started.sort((a, b) => (a.episode.episode_key < b.episode.episode_key ? -1 : 1));
  await writes.insert(
    'alerts',
    started.map(({ source, episode }) => episodeRow(source, episode)),
  );
  await writes.update('alerts', changed.map(episodeChange));
  await writes.update('alerts', seen);
}

/** Apart from the rows of episodes: hardly any has one, and their INSERT stays as small as it was. */
async function flagSkews(writes: Writes, batch: Batch): Promise<void> {
  const flags = new Map(clockSkews(batch).map(({ alert_id, skew }) => [alert_id, skew]));
  const rows = [...flags].flatMap(([id, clock_skew]) => (id === null ? [] : { id, clock_skew }));
  await writes.update('alerts', rows);
}

function isSeenAnew({ seen_at, last_seen_at }: Episode): boolean {
  return seen_at !== null && seen_at - (last_seen_at ?? 0) >= SEEN_EVERY_MS;
}

function episodeChange(episode: Episode) {
  const { id, status, ends_at_ms, incident_id, ended_by } = episode;
  return {
    id,
    status,
    ends_at_ms,
    incident_id,
    ended_by,
    suppressed_by: cut(episode.suppressed_by, 255),
    replica: cut(episode.replica, 255),
    changes: JSON.stringify(episode.changes),
    flapping: episode.flapping ? 1 : 0,
    last_seen_at: episode.seen_at ?? episode.last_seen_at,
  };
}

function episodeRow({ alert, webhook }: AlertEvent, episode: Episode) {
  const rule = ruleOf(alert);
  return {
    ...episodeChange(episode),
    episode_key: episode.episode_key,
    label_hash: episode.label_hash,
    cluster_id: episode.cluster_id,
    name: cut(alert.name, 255),
    severity: cut(alert.severity, 100),
    starts_at: alert.starts_at.slice(0, 64),
    starts_at_ms: episode.starts_at_ms,
    received_at: webhook.received_at,
    fingerprint: cut(alert.fingerprint, 100),
    truncated: alert.truncated ? 1 : 0,
    labels: JSON.stringify(alert.labels),
    annotations: JSON.stringify(alert.annotations),
    generator_url: alert.generator_url,
    rule_id: rule?.id ?? null,
    rule_version: rule?.version ?? null,
  };
}

async function recordMarkers(writes: Writes, { set }: Batch): Promise<void> {
  await writes.deleteIn('alert_markers', 'alert_id', [...set.unmarked]);
  const kept = set.addedMarkers.filter(({ alert_id }) => !set.unmarked.has(alert_id));
  await writes.insert(
    'alert_markers',
    kept.map(({ marker_key, suppression_id, alert_id }) => ({
      marker_key,
      alert_id,
      suppression_id: suppression_id.slice(0, 36),
    })),
  );
}

function timelineRows(incident: BatchIncident) {
  return incident.moments.map(({ kind, at, why, alert_id }) => ({
    id: newId(),
    incident_id: incident.id,
    at,
    kind,
    why,
    alert_id,
  }));
}

function processingRow({ webhook, index, alert, decided }: AlertEvent, policy_version: number, processed_at: number) {
  if (!decided) throw new Error('an event came out of the pipeline without a verdict');
  const { verdict, situation, episode } = decided;
  return {
    inbox_id: webhook.id,
    alert_index: index,
    cluster_id: webhook.cluster_id,
    disposition: verdict.disposition as string,
    event_status: alert.status as string | null,
    alert_id: episode?.id ?? null,
    incident_id: episode?.incident_id ?? null,
    received_at: webhook.received_at,
    processed_at,
    why: verdict.why,
    stages: JSON.stringify(verdict.notes),
    policy_version,
    facts: compactSituation(situation),
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
    format: webhook.format,
    source_id: webhook.source_id,
    source_version: webhook.source_version,
  };
}

function cut<T extends string | null>(text: T, characters: number): T {
  if (text === null || text.length <= characters) return text;
  return [...text.slice(0, characters * 2)].slice(0, characters).join('').toWellFormed() as T;
}
