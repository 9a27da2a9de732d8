import { INBOX_PENDING } from './inbox-state';

/** Runs a statement, in a transaction or outside of one. */
export type Run = <Row>(sql: string, values: unknown[]) => Promise<Row[]>;

/**
 * Jumps through the index from one cluster to the next: as many looks as there are clusters with waiting webhooks, however many those
 * are. MariaDB and MySQL do so for the least id of each group; they would read all of it for the statement that suits SQLite.
 */
const BY_GROUP =
  'SELECT state, cluster_id, MIN(id) AS oldest FROM alert_inbox ' +
  `WHERE state = ${INBOX_PENDING} GROUP BY state, cluster_id`;

const NEXT = `SELECT cluster_id FROM alert_inbox WHERE state = ${INBOX_PENDING}`;
const BY_RECURSION =
  `WITH RECURSIVE pending (cluster_id) AS (SELECT * FROM (${NEXT} ORDER BY cluster_id LIMIT 1) UNION ALL ` +
  `SELECT (${NEXT} AND alert_inbox.cluster_id > pending.cluster_id ORDER BY cluster_id LIMIT 1) ` +
  'FROM pending WHERE pending.cluster_id IS NOT NULL) ' +
  'SELECT cluster_id FROM pending WHERE cluster_id IS NOT NULL';

/** The clusters with webhooks that wait for the pipeline, in the order of their ids. */
export async function pendingClusters(run: Run, isSqlite: boolean): Promise<string[]> {
  const rows = await run<{ cluster_id: string }>(isSqlite ? BY_RECURSION : BY_GROUP, []);
  return rows.map(({ cluster_id }) => cluster_id).sort();
}
