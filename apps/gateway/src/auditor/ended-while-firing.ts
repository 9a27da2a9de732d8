import type { DataSource } from 'typeorm';
import type { Finding } from './checks';

/** Findings of one kind that are told apart; more mean the same. */
const MOST_FINDINGS = 20;

/** Clusters with alerts that fire at their source and are recorded as ended, told by a firing set after `since`. Errors: those of the database. */
export async function findEndedWhileFiring(dataSource: DataSource, since: number): Promise<Finding[]> {
  const rows: { cluster_id: string; alerts: unknown; alert_id: string }[] = await dataSource.query(
    `SELECT cluster_id, alerts, alert_id FROM ended_while_firing WHERE seen_at > ? ORDER BY seen_at DESC, cluster_id LIMIT ${MOST_FINDINGS}`,
    [since],
  );
  return rows.map(({ cluster_id, alerts, alert_id }) => ({
    kind: 'ended_while_firing',
    subject: cluster_id,
    detail: `${String(alerts)} alerts fire at their source and are recorded as ended, such as ${alert_id}; only a later start opens them again`,
  }));
}
