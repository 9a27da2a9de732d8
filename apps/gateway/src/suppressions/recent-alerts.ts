import type { NormalisedAlert, PastEpisode } from '@alertagent/alerting';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { queryRows } from './query-rows';

/** Alerts looked at, at most; the newest. */
export const MOST_LOOKED_AT = 100_000;
const STRIDE = 5_000;
const CHUNK = 1_000;

/** Where a look back begins. */
export interface LookBack {
  /** Id of the first alert; null when there is none. */
  from: string | null;
  /** Epoch milliseconds: since when alerts are looked at. */
  since: number;
  /** False when there were more alerts than are looked at. */
  complete: boolean;
}

interface Row {
  id: string;
  cluster_id: string;
  name: string;
  severity: string | null;
  labels: string;
  annotations: string;
  starts_at: string;
  starts_at_ms: unknown;
  ends_at_ms: unknown;
  received_at: unknown;
  episode_key: string;
  label_hash: string;
  replica: string | null;
  generator_url: string | null;
  fingerprint: string | null;
  incident_id: string | null;
  suppressed_by: string | null;
}

const COLUMNS =
  'id, cluster_id, name, severity, labels, annotations, starts_at, starts_at_ms, ends_at_ms, received_at, episode_key, label_hash, ' +
  'replica, generator_url, fingerprint, incident_id, suppressed_by';

/** Stored alerts of the last days, in the order in which they were heard of, a chunk at a time. */
@Injectable()
export class RecentAlerts {
  constructor(private readonly dataSource: DataSource) {}

  /** Finds where to begin: by strides over the primary key, because the time of receipt has no index of its own. */
  async lookBack(since: number, most = MOST_LOOKED_AT): Promise<LookBack> {
    let from: string | null = null;
    for (let looked = 0; looked < most; looked += STRIDE) {
      const rows: { id: string; received_at: unknown }[] = await queryRows(
        this.dataSource,
        `SELECT id, received_at FROM alerts ${from === null ? '' : 'WHERE id < ?'} ORDER BY id DESC LIMIT ${STRIDE}`,
        from === null ? [] : [from],
      );
      for (const { id, received_at } of rows) {
        if (Number(received_at) < since) return { from, since, complete: true };
        from = id;
      }
      if (rows.length < STRIDE) return { from, since, complete: true };
    }
    const [first]: { received_at: unknown }[] = await queryRows(
      this.dataSource,
      'SELECT received_at FROM alerts WHERE id = ?',
      [from],
    );
    return { from, since: Number(first?.received_at ?? since), complete: false };
  }

  /** The alerts from there on, without those first heard of when they were over: nothing could hide them. */
  async *episodes({ from }: LookBack): AsyncGenerator<PastEpisode> {
    let next = from;
    let compare = '>=';
    while (next !== null) {
      const rows: Row[] = await queryRows(
        this.dataSource,
        `SELECT ${COLUMNS} FROM alerts WHERE id ${compare} ? ORDER BY id LIMIT ${CHUNK}`,
        [next],
      );
      for (const row of rows) if (row.incident_id !== null || row.suppressed_by !== null) yield episodeOf(row);
      next = rows.length < CHUNK ? null : rows.at(-1)!.id;
      compare = '>';
    }
  }
}

function episodeOf(row: Row): PastEpisode {
  const alert: NormalisedAlert = {
    cluster_id: row.cluster_id,
    status: 'firing',
    name: row.name,
    severity: row.severity,
    labels: mapOf(row.labels),
    annotations: mapOf(row.annotations),
    starts_at: row.starts_at,
    starts_at_ms: Number(row.starts_at_ms),
    ends_at_ms: null,
    generator_url: row.generator_url,
    fingerprint: row.fingerprint,
    episode_key: row.episode_key,
    label_hash: row.label_hash,
    replica: row.replica,
    truncated: false,
  };
  const ends_at_ms = row.ends_at_ms === null ? null : Number(row.ends_at_ms);
  return { id: row.id, alert, at: Number(row.received_at), ends_at_ms };
}

/** Without a prototype, as the pipeline has them: labels may be called anything. */
function mapOf(text: string): Record<string, string> {
  return Object.assign(Object.create(null) as Record<string, string>, JSON.parse(text) as Record<string, string>);
}
