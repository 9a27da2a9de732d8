import { INBOX_PENDING } from './inbox-state';
import { pendingClusters, type Run } from './pending-clusters';

/** Rows looked at for one batch; single-alert webhooks come in storms too. */
export const MAX_ROWS = 200;
/** Clusters asked at once, and in all, for one batch: those left out are the first of the next. */
const CLUSTERS_AT_ONCE = 16;
const MOST_CLUSTERS = 64;

/** A waiting row, without its body. */
export interface Head {
  id: string;
  alert_count: number;
  attempts: number;
}

/**
 * Whose webhooks the pipeline takes next. Clusters share a batch by alerts, oldest webhook first within each; a batch begins where the
 * one before ended. So a cluster with a hundred thousand waiting webhooks delays the others by one batch, not by all of its own.
 */
export class ClusterTurns {
  private readonly byTurn: string;
  private first: string | null = null;
  private after: string | null = null;

  /** @param lock put at the end of each statement that finds rows to take */
  constructor(
    private readonly isSqlite: boolean,
    private readonly lock: string,
  ) {
    // Said, not left to statistics: those of a table that fills within seconds are wrong, and the primary key would be read whole.
    this.byTurn = isSqlite ? 'INDEXED BY IX_alert_inbox_turn' : 'FORCE INDEX (IX_alert_inbox_turn)';
  }

  /** The rows for the next batch: `maxAlerts` alerts in all, or one larger row. */
  async take(run: Run, maxAlerts: number, now: number): Promise<Head[]> {
    this.first = this.after;
    const clusters = (await this.inTurn(run, this.first)).slice(0, MOST_CLUSTERS);
    const taken: Head[] = [];
    let alerts = 0;
    for (let asked = 0; asked < clusters.length && alerts < maxAlerts && taken.length < MAX_ROWS;) {
      const group = clusters.slice(asked, asked + CLUSTERS_AT_ONCE);
      asked += group.length;
      const queues = await this.queues(run, group, now, this.lock);
      for (const head of shared(queues, maxAlerts - alerts, taken.length === 0)) {
        taken.push(head);
        alerts += head.alert_count;
      }
      this.after = group.at(-1) ?? this.after;
    }
    return taken;
  }

  /** The rows that the last batch was made of, or would be now, unlocked: for finding out which of them fails. */
  async candidates(run: Run, now: number): Promise<Head[]> {
    const clusters = (await this.inTurn(run, this.first)).slice(0, MOST_CLUSTERS);
    const queues = await this.queues(run, clusters, now, '');
    return shared(queues, Number.POSITIVE_INFINITY, true);
  }

  private async inTurn(run: Run, after: string | null): Promise<string[]> {
    const clusters = await pendingClusters(run, this.isSqlite);
    const start = after === null ? 0 : clusters.findIndex((cluster) => cluster > after);
    return start <= 0 ? clusters : [...clusters.slice(start), ...clusters.slice(0, start)];
  }

  private async queues(run: Run, clusters: readonly string[], now: number, lock: string): Promise<Head[][]> {
    const each = Math.ceil(MAX_ROWS / Math.max(1, clusters.length));
    const queues: Head[][] = [];
    for (const cluster of clusters) {
      queues.push(
        await run<Head>(
          `SELECT id, alert_count, attempts FROM alert_inbox ${this.byTurn} WHERE state = ${INBOX_PENDING} AND cluster_id = ? AND due_at <= ? ` +
            `ORDER BY id LIMIT ${each}${lock}`,
          [cluster, now],
        ),
      );
    }
    return queues;
  }
}

/** Takes from whichever queue has given the fewest alerts so far. A queue whose next row does not fit is over for this time. */
function shared(queues: readonly Head[][], budget: number, isFirst: boolean): Head[] {
  const open = queues.filter((queue) => queue.length > 0).map((queue) => ({ queue, next: 0, alerts: 0 }));
  const taken: Head[] = [];
  let left = budget;
  while (open.length > 0) {
    const least = open.reduce((one, other) => (other.alerts < one.alerts ? other : one));
    const head = least.queue[least.next]!;
    const fits = head.alert_count <= left || (isFirst && taken.length === 0);
    if (fits) {
      taken.push(head);
      left -= head.alert_count;
      least.alerts += head.alert_count;
      least.next += 1;
    }
    if (!fits || least.next === least.queue.length) open.splice(open.indexOf(least), 1);
  }
  return taken;
}
