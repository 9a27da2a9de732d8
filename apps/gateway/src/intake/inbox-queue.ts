import { Clock, toDatabaseServiceError } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AlertInbox } from './alert-inbox.entity';
import type { ClaimedWebhook } from './claimed-webhook';
import { INBOX_DONE, INBOX_PENDING } from './inbox-state';

/** Rows looked at for one batch; single-alert webhooks come in storms too. */
const MAX_ROWS = 200;

/** A webhook that goes in by itself, without a sender who waits. */
export interface QueuedWebhook {
  id: string;
  cluster_id: string;
  /** Epoch milliseconds. */
  received_at: number;
  alert_count: number;
  good_count: number;
  body: string;
}

interface Head {
  id: string;
  alert_count: number;
}

/** The inbox as the pipeline sees it: a queue that any number of workers take from. */
@Injectable()
export class InboxQueue {
  private readonly lock: string;

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {
    // Rows another worker has in hand are passed over, not waited for. SQLite runs one transaction at a time.
    this.lock = dataSource.options.type === 'better-sqlite3' ? '' : ' FOR UPDATE SKIP LOCKED';
  }

  /**
   * Takes the oldest waiting rows, `maxAlerts` alerts in all or one larger row. They are held by the transaction: when it does
   * not commit, for whatever reason, they wait again.
   */
  async claim(tx: EntityManager, maxAlerts: number, only?: string): Promise<ClaimedWebhook[]> {
    const heads: Head[] = await tx.query(
      `SELECT id, alert_count FROM alert_inbox WHERE state = ? AND ${only === undefined ? 'due_at <= ?' : 'id = ?'} ORDER BY id LIMIT ${MAX_ROWS}${this.lock}`,
      [INBOX_PENDING, only ?? this.clock.now().getTime()],
    );
    const ids = withinBudget(heads, maxAlerts);
    if (ids.length === 0) return [];
    const rows: ClaimedWebhook[] = await tx.query(
      `SELECT id, cluster_id, received_at, alert_count, attempts, body FROM alert_inbox WHERE id IN (${placeholders(ids)}) ORDER BY id`,
      ids,
    );
    return rows.map((row) => ({ ...row, received_at: Number(row.received_at) }));
  }

  /** Puts in a webhook that waits from now on, in the transaction of what made it. */
  async enqueue(tx: EntityManager, webhook: QueuedWebhook): Promise<void> {
    await tx.insert(AlertInbox, { ...webhook, state: INBOX_PENDING, attempts: 0, due_at: webhook.received_at });
  }

  /** Marks rows as processed, in the transaction that recorded what became of them. */
  async finish(tx: EntityManager, webhooks: readonly ClaimedWebhook[]): Promise<void> {
    if (webhooks.length === 0) return;
    const now = this.clock.now().getTime();
    await tx.query(`UPDATE alert_inbox SET state = ?, processed_at = ? WHERE id IN (${placeholders(webhooks)})`, [
      INBOX_DONE,
      now,
      ...webhooks.map(({ id }) => id),
    ]);
  }

  /** The rows the next claim would look at, and how often each has failed. Errors: ServiceError `unavailable`. */
  async due(): Promise<{ id: string; attempts: number }[]> {
    return this.run(
      'SELECT id, attempts FROM alert_inbox WHERE state = ? AND due_at <= ? ORDER BY id LIMIT ' + MAX_ROWS,
      [INBOX_PENDING, this.clock.now().getTime()],
    );
  }

  /** Puts a row back that failed on its own account, not to be tried before `dueAt`. Errors: ServiceError `unavailable`. */
  async postpone(id: string, attempts: number, dueAt: Date, reason: string): Promise<void> {
    await this.run('UPDATE alert_inbox SET attempts = ?, due_at = ?, last_error = ? WHERE id = ? AND state = ?', [
      attempts,
      dueAt.getTime(),
      [...reason.slice(0, 500)].slice(0, 255).join('').toWellFormed(),
      id,
      INBOX_PENDING,
    ]);
  }

  /** How many webhooks wait for the pipeline. Errors: ServiceError `unavailable`. */
  async waiting(): Promise<number> {
    const [row] = await this.run<{ waiting: unknown }>('SELECT COUNT(*) AS waiting FROM alert_inbox WHERE state = ?', [
      INBOX_PENDING,
    ]);
    return Number(row?.waiting ?? 0);
  }

  private async run<Row>(sql: string, values: unknown[]): Promise<Row[]> {
    try {
      return (await this.dataSource.query(sql, values)) as Row[];
    } catch (error) {
      throw toDatabaseServiceError(error);
    }
  }
}

const placeholders = (items: readonly unknown[]): string => items.map(() => '?').join(', ');

function withinBudget(heads: readonly Head[], maxAlerts: number): string[] {
  const ids: string[] = [];
  let alerts = 0;
  for (const { id, alert_count } of heads) {
    if (ids.length > 0 && alerts + alert_count > maxAlerts) break;
    ids.push(id);
    alerts += alert_count;
  }
  return ids;
}
