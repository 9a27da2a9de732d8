import type { EntityManager } from 'typeorm';
import { selectIn } from '../pipeline/bulk-write';
import { EndedWhileFiring } from './ended-while-firing.entity';

/** Of alerts that fire at the source and are not recorded as firing: those whose very episode is in the records. */
export interface KnownEpisodes {
  /** They cannot be opened again. */
  keys: ReadonlySet<string>;
  /** Ids of those that are recorded as ended for longer than a notification or a set may be on its way. */
  ended: string[];
}

/** Looks episodes up; `settled` is the epoch millisecond before which an end is not news any more. */
export async function knownEpisodes(
  tx: EntityManager,
  keys: readonly string[],
  settled: number,
): Promise<KnownEpisodes> {
  const rows = await selectIn<{ id: string; episode_key: string; status: string; ends_at_ms: unknown }>(
    tx,
    keys,
    (list) => `SELECT id, episode_key, status, ends_at_ms FROM alerts WHERE episode_key IN (${list})`,
  );
  const isEnded = (row: (typeof rows)[number]): boolean =>
    row.status === 'resolved' && Number(row.ends_at_ms ?? 0) <= settled;
  return {
    keys: new Set(rows.map(({ episode_key }) => episode_key)),
    ended: rows.filter(isEnded).map(({ id }) => id),
  };
}

/** Notes for the auditor that alerts fire at their source and are recorded as ended. */
export async function noteEnded(
  tx: EntityManager,
  cluster_id: string,
  ended: readonly string[],
  seen_at: number,
): Promise<void> {
  const [alert_id] = ended;
  if (alert_id === undefined) return;
  await tx.upsert(EndedWhileFiring, { cluster_id, alerts: ended.length, alert_id, seen_at }, ['cluster_id']);
}
