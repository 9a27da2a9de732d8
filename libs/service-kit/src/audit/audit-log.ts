import type { Actor } from '@alertagent/contracts';
import { LessThan, MoreThan, type DataSource, type EntityManager } from 'typeorm';
import { currentContext } from '../context/request-context';
import { newId } from '../ids/new-id';
import { auditHash } from './audit-hash';
import { auditHeadEntity, auditLogEntity, FIRST_PREVIOUS_HASH, type AuditHeadRow, type AuditRow } from './audit-tables';
import { canonicalJson } from './canonical-json';
import { redactSecrets } from './redact-secrets';

/** One change to be recorded. */
export interface AuditChange {
  /** Who did it. */
  actor: Actor;
  /** What was done, e.g. `rule.create`. At most 64 characters. */
  action: string;
  /** Kind of thing it was done to, e.g. `rule`. At most 64 characters. */
  resource_type: string;
  /** Which one. At most 128 characters. */
  resource_id: string;
  /** The thing before the change; secrets are blanked by their key names. */
  before?: object | null;
  after?: object | null;
  /** The current context's unless told. */
  correlation_id?: string | null;
}

/** A recorded change. */
export interface AuditEntry extends Required<AuditChange> {
  seq: number;
  at: Date;
  hash: string;
}

export interface AuditEntryPage {
  items: AuditEntry[];
  /** Pass it on for the next page; null at the end. */
  next_cursor: string | null;
}

export interface AuditVerdict {
  ok: boolean;
  /** Entries that fit the chain. */
  checked: number;
  /** `seq` of the first entry that does not fit or is missing. */
  broken_at?: number;
}

const VERIFY_BATCH = 500;

/**
 * What was changed by whom, in the order it happened. Each entry's hash covers the entry before, so that a change, removal or
 * insertion shows. Somebody who can write to the database could recompute the rest of the chain: only a `head` kept somewhere
 * else shows that.
 */
export class AuditLog {
  private readonly entries;
  private readonly heads;

  /** @param service owner of the tables, e.g. `rules` */
  constructor(
    private readonly dataSource: DataSource,
    service: string,
  ) {
    this.entries = auditLogEntity(service);
    this.heads = auditHeadEntity(service);
  }

  /**
   * Records a change in the transaction that makes it, and returns its number. Call it last: from here to commit the
   * transaction holds the end of the chain and other changes of the service wait. Errors: when the head row is gone.
   */
  record(tx: EntityManager, change: AuditChange): Promise<number> {
    return this.recordAll(tx, [change]);
  }

  /** Records several changes in their order, at the cost of one; returns the number of the last. Errors: as for `record`. */
  async recordAll(tx: EntityManager, changes: readonly AuditChange[]): Promise<number> {
    const head = await this.lockHead(tx);
    let { seq, hash } = head;
    const rows = changes.map((change) => {
      const row = { ...entryOf(change), seq: seq + 1, prevHash: hash };
      seq = row.seq;
      hash = auditHash(row);
      return { ...row, hash };
    });
    if (rows.length === 0) return seq;
    await tx.insert(this.entries, rows);
    await tx.update(this.heads, { id: head.id }, { seq, hash });
    return seq;
  }

  private async lockHead(tx: EntityManager): Promise<AuditHeadRow> {
    const query = tx.createQueryBuilder(this.heads, 'head').where('head.id = 1');
    // Two writers that read the same head would both append after it. On SQLite only one transaction runs at a time.
    if (this.dataSource.options.type !== 'better-sqlite3') query.setLock('pessimistic_write');
    const head = await query.getOne();
    if (!head) throw new Error('the head of the audit log is missing; the log was tampered with');
    return head;
  }

  /** Newest first. `cursor` is the `next_cursor` of the page before. */
  async list({ cursor, limit }: { cursor?: string | null; limit: number }): Promise<AuditEntryPage> {
    const before = Number(cursor ?? Number.MAX_SAFE_INTEGER);
    const rows = await this.dataSource.manager.find(this.entries, {
      where: { seq: LessThan(Number.isSafeInteger(before) ? before : 0) },
      order: { seq: 'DESC' },
      take: limit + 1,
    });
    const items = rows.slice(0, limit).map(toEntry);
    const last = items.at(-1);
    return { items, next_cursor: rows.length > limit && last ? String(last.seq) : null };
  }

  /** Where the chain ends now. Kept outside of the database, it also proves that the chain was not rewritten. */
  async head(): Promise<{ seq: number; hash: string }> {
    const head = await this.dataSource.manager.findOneBy(this.heads, { id: 1 });
    return head ? { seq: head.seq, hash: head.hash } : { seq: 0, hash: '' };
  }

  /**
   * Walks the whole chain. `anchor` is a head noted earlier: the chain must still pass through it. Entries added meanwhile are
   * checked too.
   */
  async verify(anchor?: { seq: number; hash: string }): Promise<AuditVerdict> {
    let seq = 0;
    let hash = FIRST_PREVIOUS_HASH;
    for (;;) {
      const rows = await this.dataSource.manager.find(this.entries, {
        where: { seq: MoreThan(seq) },
        order: { seq: 'ASC' },
        take: VERIFY_BATCH,
      });
      for (const row of rows) {
        const fits = row.seq === seq + 1 && row.prevHash === hash && row.hash === auditHash(withoutHash(row));
        const passesAnchor = anchor?.seq !== row.seq || anchor.hash === row.hash;
        if (!fits || !passesAnchor) return { ok: false, checked: seq, broken_at: seq + 1 };
        seq = row.seq;
        hash = row.hash;
      }
      if (rows.length > 0) continue;
      const verdict = await this.compareWithHead(seq, hash, anchor);
      if (verdict) return verdict;
    }
  }

  /** At the end of the rows; nothing when rows were added since they were read. */
  private async compareWithHead(seq: number, hash: string, anchor?: { seq: number }): Promise<AuditVerdict | null> {
    const head = await this.head();
    const isWhole = head.seq === seq && head.hash === hash && (anchor?.seq ?? 0) <= seq;
    if (isWhole) return { ok: true, checked: seq };
    const added = head.seq > seq && (await this.dataSource.manager.countBy(this.entries, { seq: seq + 1 })) > 0;
    return added ? null : { ok: false, checked: seq, broken_at: head.seq < seq ? head.seq + 1 : seq + 1 };
  }
}

function entryOf(change: AuditChange): Omit<AuditRow, 'seq' | 'prevHash' | 'hash'> {
  return {
    id: newId(),
    at: new Date(),
    actor: canonicalJson(change.actor),
    action: change.action,
    resourceType: change.resource_type,
    resourceId: change.resource_id,
    before: textOf(change.before),
    after: textOf(change.after),
    correlationId: change.correlation_id ?? currentContext()?.correlationId ?? null,
  };
}

function textOf(value: object | null | undefined): string | null {
  return value === null || value === undefined ? null : canonicalJson(redactSecrets(value));
}

function withoutHash(row: AuditRow): Omit<AuditRow, 'hash'> {
  const { hash: _hash, ...rest } = row;
  return rest;
}

function toEntry(row: AuditRow): AuditEntry {
  return {
    seq: row.seq,
    at: row.at,
    actor: JSON.parse(row.actor) as Actor,
    action: row.action,
    resource_type: row.resourceType,
    resource_id: row.resourceId,
    before: row.before === null ? null : (JSON.parse(row.before) as object),
    after: row.after === null ? null : (JSON.parse(row.after) as object),
    correlation_id: row.correlationId,
    hash: row.hash,
  };
}
