import type { EntityManager } from 'typeorm';
import type { Batch, Episode } from './batch';
import { selectIn } from './bulk-write';

interface EpisodeRow {
  id: string;
  episode_key: string;
  label_hash: string;
  cluster_id: string;
  status: 'firing' | 'resolved';
  starts_at_ms: unknown;
  ends_at_ms: unknown;
  incident_id: string | null;
  suppressed_by: string | null;
  replica: string | null;
  changes: string | null;
  flapping: unknown;
  last_seen_at: unknown;
}

const COLUMNS =
  'id, episode_key, label_hash, cluster_id, status, starts_at_ms, ends_at_ms, incident_id, suppressed_by, replica, changes, flapping, last_seen_at';

/** Makes the episodes known that events may belong to, and the newest ones of their labels. Locked until the transaction ends. */
export async function loadEpisodes(tx: EntityManager, { events, set }: Batch, lock: string): Promise<void> {
  const learn = (rows: readonly EpisodeRow[]): void => {
    for (const row of rows) set.learnEpisode(toEpisode(row));
  };
  const keys = events.map(({ alert }) => alert.episode_key);
  learn(await selectIn(tx, keys, (list) => `SELECT ${COLUMNS} FROM alerts WHERE episode_key IN (${list})${lock}`));
  // Found without locks and locked by id: a locking join may read the whole table, and would wait for everybody's rows.
  // An event of a known episode needs no other one.
  const strangers = events.filter(({ alert }) => !set.episodes.has(alert.episode_key));
  const hashes = strangers.map(({ alert }) => alert.label_hash);
  const newest = await selectIn<{ id: string; episode_key: string }>(
    tx,
    hashes,
    (list) =>
      `SELECT a.id AS id, a.episode_key AS episode_key FROM alerts a JOIN (SELECT label_hash, MAX(starts_at_ms) AS newest FROM alerts ` +
      `WHERE label_hash IN (${list}) GROUP BY label_hash) n ON a.label_hash = n.label_hash AND a.starts_at_ms = n.newest`,
  );
  const ids = newest.filter(({ episode_key }) => !set.episodes.has(episode_key)).map(({ id }) => id);
  learn(await selectIn(tx, ids, (list) => `SELECT ${COLUMNS} FROM alerts WHERE id IN (${list})${lock}`));
}

function toEpisode(row: EpisodeRow): Episode {
  return {
    ...row,
    // MySQL hands bigint out as text.
    starts_at_ms: Number(row.starts_at_ms),
    ends_at_ms: row.ends_at_ms === null ? null : Number(row.ends_at_ms),
    changes: row.changes === null ? [] : (JSON.parse(row.changes) as number[]),
    flapping: Number(row.flapping) === 1,
    ended_by: null,
    source: null,
    isChanged: false,
    last_seen_at: row.last_seen_at === null ? null : Number(row.last_seen_at),
    seen_at: null,
  };
}
