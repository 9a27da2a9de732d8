import { DataSource, In, IsNull, LessThan, Not, type EntityManager } from 'typeorm';
import { isUniqueViolation } from '../database/database-errors';
import { inTransaction } from '../database/in-transaction';
import type { PublishAck } from './event-publisher';
import {
  outboxEntity,
  outboxStreamsEntity,
  outboxTableName,
  type OutboxRow,
  type OutboxStreamRow,
} from './outbox-tables';

/** How far behind the relay is. */
export interface OutboxStats {
  /** Rows waiting to be published. */
  depth: number;
  /** Milliseconds the oldest of them has been waiting; 0 when there is none. */
  oldestAgeMs: number;
}

/** Which stream it was, and how far it went. */
export type StreamMark = Pick<OutboxStreamRow, 'created' | 'lastSeq'>;

/** A row the stream acknowledged. */
export interface PublishedRow {
  id: string;
  ack: PublishAck;
}

/** The relay's statements on the outbox tables. */
export class OutboxStore {
  private readonly outbox;
  private readonly streams;
  private readonly table: string;

  constructor(
    private readonly dataSource: DataSource,
    service: string,
  ) {
    this.outbox = outboxEntity(service);
    this.streams = outboxStreamsEntity(service);
    this.table = outboxTableName(service);
  }

  /** Takes up to `limit` waiting rows in id order for `owner` until `until`; rows others hold are passed over. */
  claim(owner: string, limit: number, now: Date, until: Date): Promise<OutboxRow[]> {
    return inTransaction(this.dataSource, async (tx) => {
      const ids = await this.claimable(tx, limit, now);
      if (ids.length === 0) return [];
      await tx.update(this.outbox, { id: In(ids) }, { claimedBy: owner, claimedUntil: until });
      return tx.find(this.outbox, { where: { id: In(ids) }, order: { id: 'ASC' } });
    });
  }

  private async claimable(tx: EntityManager, limit: number, now: Date): Promise<string[]> {
    // SQLite has one writer at a time, so it neither needs nor knows row locks.
    const lock = this.dataSource.options.type === 'better-sqlite3' ? '' : 'FOR UPDATE SKIP LOCKED';
    const rows: { id: string }[] = await tx.query(
      `SELECT id FROM ${this.table} WHERE published_at IS NULL AND next_attempt_at <= ? ` +
        `AND (claimed_until IS NULL OR claimed_until <= ?) ORDER BY id LIMIT ${Math.trunc(limit)} ${lock}`,
      [now.getTime(), now.getTime()],
    );
    return rows.map(({ id }) => id);
  }

  /** Records acknowledged rows and moves their streams' marks forward, in one transaction. */
  async markPublished(rows: readonly PublishedRow[], now: Date): Promise<void> {
    if (rows.length === 0) return;
    await inTransaction(this.dataSource, async (tx) => {
      const byStream = groupByStream(rows);
      for (const [stream, group] of byStream) {
        const cases = group.map(() => 'WHEN ? THEN ?').join(' ');
        await tx.query(
          `UPDATE ${this.table} SET published_at = ?, stream = ?, claimed_by = NULL, claimed_until = NULL, last_error = NULL, ` +
            `stream_seq = CASE id ${cases} END WHERE id IN (${group.map(() => '?').join(', ')})`,
          [now.getTime(), stream, ...group.flatMap(({ id, ack }) => [id, ack.seq]), ...group.map(({ id }) => id)],
        );
        const lastSeq = Math.max(...group.map(({ ack }) => ack.seq));
        await tx.update(this.streams, { stream, lastSeq: LessThan(lastSeq) }, { lastSeq });
      }
    });
  }

  /** Gives rows back untouched, for another try by whoever comes first. */
  async release(owner: string, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.dataSource.manager.update(
      this.outbox,
      { id: In([...ids]), claimedBy: owner },
      { claimedBy: null, claimedUntil: null },
    );
  }

  /** Gives one row back after a failed attempt of its own, not to be tried before `nextAttemptAt`. */
  async postpone(id: string, attempts: number, nextAttemptAt: Date, lastError: string): Promise<void> {
    const change = { claimedBy: null, claimedUntil: null, attempts, nextAttemptAt, lastError: lastError.slice(0, 255) };
    await this.dataSource.manager.update(this.outbox, { id, publishedAt: IsNull() }, change);
  }

  knownStreams(): Promise<OutboxStreamRow[]> {
    return this.dataSource.manager.find(this.streams);
  }

  /** Remembers a stream seen for the first time; another replica may have been faster. */
  async addStream(stream: string, created: string): Promise<void> {
    try {
      await this.dataSource.manager.insert(this.streams, { stream, created, lastSeq: 0 });
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
    }
  }

  /**
   * Lets rows that a stream acknowledged and lost wait again: those numbered after `afterSeq`. The stream's mark becomes `mark`;
   * null forgets it, when the stream is gone. Returns how many rows.
   */
  async redrive(stream: string, afterSeq: number, mark: StreamMark | null): Promise<number> {
    return inTransaction(this.dataSource, async (tx) => {
      const lost = await tx
        .createQueryBuilder()
        .update(this.outbox)
        .set({ publishedAt: null, stream: null, streamSeq: null, claimedBy: null, claimedUntil: null })
        .where('stream = :stream AND stream_seq > :afterSeq', { stream, afterSeq })
        .execute();
      if (mark) await tx.update(this.streams, { stream }, mark);
      else await tx.delete(this.streams, { stream });
      return lost.affected ?? 0;
    });
  }

  /** Deletes up to `limit` rows published before `before`. Returns how many. */
  async deletePublished(before: Date, limit: number): Promise<number> {
    const old = await this.dataSource.manager.find(this.outbox, {
      select: { id: true },
      where: { publishedAt: LessThan(before) },
      take: limit,
    });
    if (old.length > 0)
      await this.dataSource.manager.delete(this.outbox, {
        id: In(old.map(({ id }) => id)),
        publishedAt: Not(IsNull()),
      });
    return old.length;
  }

  async stats(now: Date): Promise<OutboxStats> {
    const [row]: { depth: unknown; oldest: unknown }[] = await this.dataSource.query(
      `SELECT COUNT(*) AS depth, MIN(created_at) AS oldest FROM ${this.table} WHERE published_at IS NULL`,
    );
    const depth = Number(row?.depth ?? 0);
    return { depth, oldestAgeMs: depth === 0 ? 0 : Math.max(0, now.getTime() - Number(row?.oldest)) };
  }
}

function groupByStream(rows: readonly PublishedRow[]): Map<string, PublishedRow[]> {
  const groups = new Map<string, PublishedRow[]>();
  for (const row of rows) {
    const group = groups.get(row.ack.stream);
    if (group) group.push(row);
    else groups.set(row.ack.stream, [row]);
  }
  return groups;
}
