import { Clock, toDatabaseServiceError } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { SourceMappings } from '../sources/source-mappings';
import { AlertInbox } from './alert-inbox.entity';
import type { ClaimedWebhook } from './claimed-webhook';
import { ClusterTurns } from './cluster-turns';
import { INBOX_DONE, INBOX_PENDING } from './inbox-state';
import type { Run } from './pending-clusters';

/** A webhook that goes in by itself, without a sender who waits. */
export interface QueuedWebhook {
  id: string;
  cluster_id: string;
  /** Epoch milliseconds. */
  received_at: number;
  alert_count: number;
  good_count: number;
  body: string;
  /** Null, and so Alertmanager's own, unless told. */
  format?: string | null;
  source_id?: string | null;
  source_version?: number | null;
}

/** The inbox as the pipeline sees it: a queue that any number of workers take from. */
@Injectable()
export class InboxQueue {
  private readonly turns: ClusterTurns;
  private readonly lock: string;
  private readonly byKey: string;

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly mappings: SourceMappings,
  ) {
    const isSqlite = dataSource.options.type === 'better-sqlite3';
    // Rows another worker has in hand are passed over, not waited for. SQLite runs one transaction at a time.
    this.lock = isSqlite ? '' : ' FOR UPDATE SKIP LOCKED';
    // Said, because only rows that are looked at by their key are locked one by one.
    this.byKey = isSqlite ? '' : ' FORCE INDEX (PRIMARY)';
    this.turns = new ClusterTurns(isSqlite);
  }

  /**
   * Takes the oldest waiting rows of each cluster in turn, `maxAlerts` alerts in all or one larger row. They are held by the transaction: when it does
   * not commit, for whatever reason, they wait again.
   */
  async claim(tx: EntityManager, maxAlerts: number, only?: string): Promise<ClaimedWebhook[]> {
    const run = <Row>(sql: string, values: unknown[]): Promise<Row[]> => tx.query(sql, values) as Promise<Row[]>;
    if (only !== undefined) return this.lockRows(run, [only]);
    const now = this.clock.now().getTime();
    const passedOver = new Set<string>();
    for (;;) {
      const heads = await this.turns.next(run, maxAlerts, now, passedOver);
      const ids = heads.map(({ id }) => id);
      const webhooks = ids.length === 0 ? [] : await this.lockRows(run, ids);
      if (ids.length === 0 || webhooks.length > 0) return webhooks;
      for (const id of ids) passedOver.add(id);
    }
  }

  /** Those of `ids` that still wait and that nobody else has in hand, oldest first. */
  private async lockRows(run: Run, ids: readonly string[]): Promise<ClaimedWebhook[]> {
    const rows = await run<Omit<ClaimedWebhook, 'mapping'>>(
      'SELECT id, cluster_id, received_at, alert_count, attempts, body, format, source_id, source_version ' +
        `FROM alert_inbox${this.byKey} WHERE state = ? AND id IN (${placeholders(ids)})${this.lock}`,
      [INBOX_PENDING, ...ids],
    );
    const mappingOf = await this.mappings.load(run, rows);
    return rows.map((row) => ({ ...row, received_at: Number(row.received_at), mapping: mappingOf(row) }));
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

  /** The rows that the last claim was for, or would be now, and how often each has failed. Errors: ServiceError `unavailable`. */
  async due(): Promise<{ id: string; attempts: number }[]> {
    return this.turns.candidates((sql, values) => this.run(sql, values), this.clock.now().getTime());
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

  /** When the oldest webhook was received that waits for the pipeline, epoch milliseconds; null without one. Errors: ServiceError `unavailable`. */
  async oldestWaiting(): Promise<number | null> {
    const [row] = await this.run<{ received_at: unknown }>(
      'SELECT MIN(received_at) AS received_at FROM alert_inbox WHERE state = ?',
      [INBOX_PENDING],
    );
    return row?.received_at === null || row === undefined ? null : Number(row.received_at);
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
