import { severityRank } from '@alertagent/alerting';
import { Clock } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { iso } from '../alerts/wire-time';
import { ClusterNames } from '../incidents/cluster-names';
import { queryRows } from './query-rows';
import { RecentAlerts } from './recent-alerts';
import type { NoiseSuggestion, NoiseSuggestions } from './suppression.dto';

const DAY_MS = 24 * 60 * 60_000;
const DAYS = 7;
/** Fewer episodes are not worth a suppression. */
const LEAST_EPISODES = 3;
const SUGGESTED = 20;
/** Looked at to find them: some are critical or were acknowledged. */
const LOOKED_AT = 60;
const MOST_DURATIONS = 1000;
const CRITICAL_RANK = 5;
/** For how long a suggested suppression hides before somebody looks again. */
const EXPIRES_AFTER_DAYS = 14;
const LONGEST_NAME = 200;

interface Candidate {
  label_hash: string;
  episodes: number;
  last_id: string;
}

interface EpisodeRow {
  cluster_id: string;
  name: string;
  severity: string | null;
  labels: string;
  starts_at: string;
}

/** Finds alerts that keep people busy without ever needing them. */
@Injectable()
export class NoiseFinder {
  constructor(
    private readonly dataSource: DataSource,
    private readonly recent: RecentAlerts,
    private readonly clusters: ClusterNames,
    private readonly clock: Clock,
  ) {}

  /** The label sets with most episodes of the last week that resolved by themselves; no critical ones. */
  async suggest(): Promise<NoiseSuggestions> {
    const now = this.clock.now().getTime();
    const { from, since } = await this.recent.lookBack(now - DAYS * DAY_MS);
    const items: NoiseSuggestion[] = [];
    for (const candidate of from === null ? [] : await this.candidates(from)) {
      if (items.length >= SUGGESTED) break;
      const suggestion = await this.suggestion(candidate, from!, now);
      if (suggestion) items.push(suggestion);
    }
    return { items, next_cursor: null, since: iso(since) };
  }

  private async candidates(from: string): Promise<Candidate[]> {
    const rows = await queryRows<Omit<Candidate, 'episodes'> & { episodes: unknown }>(
      this.dataSource,
      'SELECT label_hash, COUNT(*) AS episodes, MAX(id) AS last_id FROM alerts ' +
        "WHERE id >= ? AND status = 'resolved' AND ended_by = 'resolved' AND incident_id IS NOT NULL " +
        `GROUP BY label_hash HAVING COUNT(*) >= ${LEAST_EPISODES} ORDER BY episodes DESC, last_id DESC LIMIT ${LOOKED_AT}`,
      [from],
    );
    return rows.map((row) => ({ ...row, episodes: Number(row.episodes) }));
  }

  private async suggestion(
    { label_hash, episodes, last_id }: Candidate,
    from: string,
    now: number,
  ): Promise<NoiseSuggestion | null> {
    const [last] = await queryRows<EpisodeRow>(
      this.dataSource,
      'SELECT cluster_id, name, severity, labels, starts_at FROM alerts WHERE id = ?',
      [last_id],
    );
    if (!last || severityRank(last.severity) === CRITICAL_RANK) return null;
    const acknowledged = await queryRows(
      this.dataSource,
      'SELECT a.id AS id FROM alerts a JOIN incidents i ON i.id = a.incident_id ' +
        'WHERE a.label_hash = ? AND a.id >= ? AND i.acknowledged_at IS NOT NULL LIMIT 1',
      [label_hash, from],
    );
    if (acknowledged.length > 0) return null;
    const durations = await queryRows<{ duration: unknown }>(
      this.dataSource,
      "SELECT ends_at_ms - starts_at_ms AS duration FROM alerts WHERE label_hash = ? AND id >= ? AND ended_by = 'resolved' " +
        `ORDER BY duration LIMIT ${MOST_DURATIONS}`,
      [label_hash, from],
    );
    const median = Number(durations[Math.floor(durations.length / 2)]?.duration ?? 0);
    const names = await this.clusters.of([last.cluster_id]);
    return {
      label_hash,
      name: last.name,
      severity: last.severity,
      cluster_id: last.cluster_id,
      cluster_name: names.get(last.cluster_id) ?? last.cluster_id,
      labels: JSON.parse(last.labels) as Record<string, string>,
      episodes,
      median_duration_seconds: Math.round(median / 1000),
      last_started_at: last.starts_at,
      draft: {
        name: `noise: ${last.name}`.slice(0, LONGEST_NAME).trim().toWellFormed(),
        kind: 'noise',
        reason: `fired ${episodes} times in ${DAYS} days and resolved by itself each time`,
        ends_at: iso(now + EXPIRES_AFTER_DAYS * DAY_MS),
        label_hashes: [label_hash],
      },
    };
  }
}
