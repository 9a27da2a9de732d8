import type { EntityManager } from 'typeorm';
import type { Batch, Episode, WorkingIncident } from './batch';
import { selectIn } from './bulk-write';

type EpisodeColumns = Omit<Episode, 'source' | 'isChanged'>;
const EPISODE = [
  'id',
  'episode_key',
  'label_hash',
  'cluster_id',
  'status',
  'starts_at_ms',
  'ends_at_ms',
  'incident_id',
  'suppressed_by',
].join(', ');

type IncidentColumns = Omit<WorkingIncident, 'isNew' | 'isChanged' | 'lastEvent' | 'moments' | 'group_labels'> & {
  group_labels: string;
};
const INCIDENT = [
  'id',
  'cluster_id',
  'group_key',
  'open_key',
  'title',
  'severity',
  'severity_rank',
  'status',
  'group_labels',
  'alert_count',
  'firing_count',
  'opened_at',
  'last_alert_at',
  'resolved_at',
].join(', ');

/**
 * Fills a batch with what is known about its alerts, in a handful of reads however many alerts there are. What is read is locked until
 * the transaction ends: what the stages decide on stays true.
 */
export async function loadBatch(tx: EntityManager, batch: Batch): Promise<void> {
  const lock = tx.connection.options.type === 'better-sqlite3' ? '' : ' FOR UPDATE';
  await loadEpisodes(tx, batch, lock);
  const ids = [...batch.episodes.values(), ...batch.newest.values()].flatMap(({ incident_id }) => incident_id ?? []);
  const keys = batch.events.map(({ group_key }) => group_key);
  learnIncidents(
    batch,
    await selectIn(tx, ids, (list) => `SELECT ${INCIDENT} FROM incidents WHERE id IN (${list})${lock}`),
  );
  learnIncidents(
    batch,
    await selectIn(tx, keys, (list) => `SELECT ${INCIDENT} FROM incidents WHERE open_key IN (${list})${lock}`),
  );
}

async function loadEpisodes(tx: EntityManager, batch: Batch, lock: string): Promise<void> {
  const keys = batch.events.map(({ alert }) => alert.episode_key);
  learnEpisodes(
    batch,
    await selectIn(tx, keys, (list) => `SELECT ${EPISODE} FROM alerts WHERE episode_key IN (${list})${lock}`),
  );
  // Found without locks and locked by id: a locking join may read the whole table, and would wait for everybody's rows.
  const hashes = batch.events.map(({ alert }) => alert.label_hash);
  const newest = await selectIn<{ id: string; episode_key: string }>(
    tx,
    hashes,
    (list) =>
      `SELECT a.id AS id, a.episode_key AS episode_key FROM alerts a JOIN (SELECT label_hash, MAX(starts_at_ms) AS newest FROM alerts ` +
      `WHERE label_hash IN (${list}) GROUP BY label_hash) n ON a.label_hash = n.label_hash AND a.starts_at_ms = n.newest`,
  );
  const ids = newest.filter(({ episode_key }) => !batch.episodes.has(episode_key)).map(({ id }) => id);
  learnEpisodes(batch, await selectIn(tx, ids, (list) => `SELECT ${EPISODE} FROM alerts WHERE id IN (${list})${lock}`));
}

function learnEpisodes(batch: Batch, rows: readonly EpisodeColumns[]): void {
  for (const row of rows) batch.learn(toEpisode(row));
}

function toEpisode(row: EpisodeColumns): Episode {
  return {
    ...row,
    // MySQL hands bigint out as text.
    starts_at_ms: Number(row.starts_at_ms),
    ends_at_ms: row.ends_at_ms === null ? null : Number(row.ends_at_ms),
    source: null,
    isChanged: false,
  };
}

function learnIncidents(batch: Batch, rows: readonly IncidentColumns[]): void {
  for (const row of rows) {
    if (batch.incidents.has(row.id)) continue;
    const incident: WorkingIncident = {
      ...row,
      group_labels: JSON.parse(row.group_labels) as Record<string, string>,
      opened_at: Number(row.opened_at),
      last_alert_at: Number(row.last_alert_at),
      resolved_at: row.resolved_at === null ? null : Number(row.resolved_at),
      isNew: false,
      isChanged: false,
      lastEvent: null,
      moments: [],
    };
    batch.incidents.set(incident.id, incident);
    if (incident.open_key !== null) batch.openByGroup.set(incident.open_key, incident);
  }
}
