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
  private first = '';
  private after = '';

  constructor(isSqlite: boolean) {
    // Said, not left to statistics: those of a table that fills within seconds are wrong, and the primary key would be read whole.
    this.byTurn = isSqlite ? 'INDEXED BY IX_alert_inbox_turn' : 'FORCE INDEX (IX_alert_inbox_turn)';
  }

  /**
   * The rows for the next batch: `maxAlerts` alerts in all, or one larger row. Nothing is locked: a lock on more rows than are taken
   * would let another worker take what comes after them. Those in `passedOver` are left out; without any, the next cluster is first.
   */
  async next(run: Run, maxAlerts: number, now: number, passedOver: ReadonlySet<string>): Promise<Head[]> {
    if (passedOver.size === 0) this.first = this.after;
    const clusters = pendingClusters(run, this.first);
    const taken: Head[] = [];
    let alerts = 0;
    for (let asked = 0; asked < MOST_CLUSTERS && alerts < maxAlerts && taken.length < MAX_ROWS;) {
      const group = await nextOf(clusters, CLUSTERS_AT_ONCE);
      if (group.length === 0) break;
      asked += group.length;
      const queues = await this.queues(run, group, now, passedOver);
      for (const head of shared(queues, maxAlerts - alerts, taken.length === 0)) {
        taken.push(head);
        alerts += head.alert_count;
      }
      this.after = group.at(-1) ?? this.after;
    }
    return taken;
  }

  /** The rows that the last batch was made of, or would be now: for finding out which of them fails. */
  async candidates(run: Run, now: number): Promise<Head[]> {
    const clusters = await nextOf(pendingClusters(run, this.first), MOST_CLUSTERS);
    const queues = await this.queues(run, clusters, now, new Set());
    return shared(queues, Number.POSITIVE_INFINITY, true);
  }

  private async queues(
    run: Run,
    clusters: readonly string[],
    now: number,
    passedOver: ReadonlySet<string>,
  ): Promise<Head[][]> {
    const each = Math.ceil(MAX_ROWS / Math.max(1, clusters.length)) + passedOver.size;
    const queues: Head[][] = [];
    for (const cluster of clusters) {
      const heads = await run<Head>(
        `SELECT id, alert_count, attempts FROM alert_inbox ${this.byTurn} WHERE state = ${INBOX_PENDING} AND cluster_id = ? AND due_at <= ? ` +
          `ORDER BY id LIMIT ${each}`,
        [cluster, now],
      );
      queues.push(heads.filter(({ id }) => !passedOver.has(id)));
    }
    return queues;
  }
}

/** The next `most` items, or what is left. */
async function nextOf<Item>(items: AsyncGenerator<Item>, most: number): Promise<Item[]> {
  const taken: Item[] = [];
  while (taken.length < most) {
    const { value, done } = await items.next();
    if (done === true) break;
    taken.push(value);
  }
  return taken;
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
