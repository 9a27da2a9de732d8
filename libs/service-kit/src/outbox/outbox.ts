import { eventSubject, parsePayload, ServiceError, type EventContract } from '@alertagent/contracts';
import type { EntityManager } from 'typeorm';
import { currentContext, toHeaders } from '../context/request-context';
import { afterCommit } from '../database/after-commit';
import { newId } from '../ids/new-id';
import { LocalPartLink, type PartLink } from '../parts/part-link';
import { outboxTableName } from './outbox-tables';

/** Larger facts would not fit the bus even compressed, and would wait in the table for ever. */
const MAX_PAYLOAD_CHARACTERS = 8 * 1024 * 1024;

/** Enough to make one statement cheap, few enough for every database's limit of parameters. */
const ROWS_PER_STATEMENT = 200;

/** Rung when something was committed to the outbox. */
const COMMITTED = 'outbox';

/** One event, checked by its contract, on its way into the outbox. Made by `fact`. */
export interface Fact {
  readonly subject: string;
  /** JSON. */
  readonly text: string;
}

/** Pairs a contract with a payload of it. Errors: ServiceError `invalid` (payload or key), `too_large`. */
export function fact<T extends object>(contract: EventContract<T>, payload: NoInfer<T>): Fact {
  const checked = parsePayload(contract.payload, payload);
  const text = JSON.stringify(checked);
  if (text.length > MAX_PAYLOAD_CHARACTERS)
    throw new ServiceError('too_large', `the event ${contract.subject} is too large`);
  return { subject: eventSubject(contract, checked), text };
}

/** The only way to publish an event: in the transaction of the change it tells about, so that neither exists without the other. */
export class Outbox {
  private readonly table: string;

  /**
   * @param service owner of the table, e.g. `rules`
   * @param parts where the relay is that waits for commits
   */
  constructor(
    service: string,
    private readonly parts: PartLink = new LocalPartLink(),
  ) {
    this.table = outboxTableName(service);
  }

  /**
   * Adds a fact to be published once `tx` is committed, and returns its id. The payload is checked by its contract first.
   * Errors: ServiceError `invalid` (payload or key), `too_large`.
   */
  async add<T extends object>(
    tx: EntityManager,
    contract: EventContract<T>,
    payload: NoInfer<T>,
    options: { headers?: Record<string, string> } = {},
  ): Promise<string> {
    const [id = ''] = await this.addAll(tx, [fact(contract, payload)], options);
    return id;
  }

  /** Adds many facts with few statements, published in the order given; otherwise as `add`. */
  async addAll(
    tx: EntityManager,
    facts: readonly Fact[],
    options: { headers?: Record<string, string> } = {},
  ): Promise<string[]> {
    if (facts.length === 0) return [];
    const now = Date.now();
    const context = currentContext();
    const headers = JSON.stringify({ ...(context ? toHeaders(context) : {}), ...options.headers });
    // Due at once by any clock: one that is set back must not find work that is only due later.
    const rows = facts.map(({ subject, text }) => [newId(), subject, text, headers, now, 0, 0]);
    for (let from = 0; from < rows.length; from += ROWS_PER_STATEMENT) {
      const chunk = rows.slice(from, from + ROWS_PER_STATEMENT);
      await tx.query(
        `INSERT INTO ${this.table} (id, subject, payload, headers, created_at, attempts, next_attempt_at) ` +
          `VALUES ${chunk.map(() => '(?, ?, ?, ?, ?, ?, ?)').join(', ')}`,
        chunk.flat(),
      );
    }
    afterCommit(tx, () => this.parts.ring(COMMITTED));
    return rows.map(([id]) => String(id));
  }

  /** Calls `listener` after each commit that added something, in whichever part of this process. Returns how to stop that. */
  onCommit(listener: () => void): () => void {
    return this.parts.onRing(COMMITTED, listener);
  }
}
