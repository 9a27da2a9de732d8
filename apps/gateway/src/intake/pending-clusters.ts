import { INBOX_PENDING } from './inbox-state';

/** Runs a statement, in a transaction or outside of one. */
export type Run = <Row>(sql: string, values: unknown[]) => Promise<Row[]>;

/**
 * One look into the index, however many webhooks wait. A single statement for all clusters would depend on statistics, and those of a
 * table that fills within seconds are wrong: it would read every waiting row.
 */
const NEXT = `SELECT MIN(cluster_id) AS next FROM alert_inbox WHERE state = ${INBOX_PENDING} AND cluster_id > ?`;

/** The clusters with webhooks that wait for the pipeline: in the order of their ids from the one behind `after` on, and round. */
export async function* pendingClusters(run: Run, after: string): AsyncGenerator<string> {
  const next = async (last: string): Promise<string | null> => {
    const [row] = await run<{ next: string | null }>(NEXT, [last]);
    return row?.next ?? null;
  };
  for (let id = await next(after); id !== null; id = await next(id)) yield id;
  if (after === '') return;
  for (let id = await next(''); id !== null && id <= after; id = await next(id)) yield id;
}
