import type { NormalisedAlert } from '@alertagent/alerting';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { queryRows } from './query-rows';

/** A firing alert that is hidden. */
export interface HiddenAlert {
  id: string;
  suppressed_by: string;
  received_at: number;
  alert: NormalisedAlert;
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
  received_at: unknown;
  episode_key: string;
  label_hash: string;
  replica: string | null;
  generator_url: string | null;
  fingerprint: string | null;
  truncated: unknown;
}

const COLUMNS =
  'id, cluster_id, name, severity, labels, annotations, starts_at, starts_at_ms, received_at, episode_key, label_hash, replica, ' +
  'generator_url, fingerprint, truncated';

/** Which alerts are hidden, read by one index. */
@Injectable()
export class HiddenAlerts {
  constructor(private readonly dataSource: DataSource) {}

  /** Ids of suppressions that alerts name, in order, those after one; each costs one step down the index. */
  async suppressions(after: string, most: number): Promise<string[]> {
    const ids: string[] = [];
    let last = after;
    while (ids.length < most) {
      const [next]: { suppressed_by: string }[] = await queryRows(
        this.dataSource,
        'SELECT suppressed_by FROM alerts WHERE suppressed_by > ? ORDER BY suppressed_by LIMIT 1',
        [last],
      );
      if (!next) break;
      last = next.suppressed_by;
      ids.push(last);
    }
    return ids;
  }

  /** Firing alerts that one of them hides, in order of their ids. */
  async firing(suppressed_by: string, after: string, limit: number): Promise<HiddenAlert[]> {
    const rows: Row[] = await queryRows(
      this.dataSource,
      `SELECT ${COLUMNS} FROM alerts WHERE suppressed_by = ? AND status = 'firing' AND id > ? ORDER BY id LIMIT ${limit}`,
      [suppressed_by, after],
    );
    return rows.map((row) => ({
      id: row.id,
      suppressed_by,
      received_at: Number(row.received_at),
      alert: alertOf(row),
    }));
  }

  /** Severities of what one of them has hidden since an alert, with the newest id. */
  async severities(suppressed_by: string, after: string): Promise<{ severity: string | null; newest: string }[]> {
    return queryRows(
      this.dataSource,
      "SELECT severity, MAX(id) AS newest FROM alerts WHERE suppressed_by = ? AND status IN ('firing', 'resolved') AND id > ? GROUP BY severity",
      [suppressed_by, after],
    );
  }
}

function alertOf(row: Row): NormalisedAlert {
  return {
    cluster_id: row.cluster_id,
    status: 'firing',
    name: row.name,
    severity: row.severity,
    labels: JSON.parse(row.labels) as Record<string, string>,
    annotations: JSON.parse(row.annotations) as Record<string, string>,
    starts_at: row.starts_at,
    starts_at_ms: Number(row.starts_at_ms),
    ends_at_ms: null,
    generator_url: row.generator_url,
    fingerprint: row.fingerprint,
    episode_key: row.episode_key,
    label_hash: row.label_hash,
    replica: row.replica,
    truncated: Number(row.truncated) === 1,
  };
}
