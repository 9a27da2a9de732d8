import { IsNull, LessThan, type DataSource, type Repository } from 'typeorm';
import type { Clock } from '../clock/clock';
import { isUniqueViolation } from '../database/database-errors';
import { idempotencyKeysEntity, type IdempotentRequest } from './idempotency-table';

/** How long an answer can be had again. */
const KEPT_MS = 24 * 3_600_000;
/** After this a request without an answer is taken for dead: whoever worked on it is gone. No request may take longer. */
const UNDER_WAY_MS = 60_000;
const SWEEP_EVERY_MS = 600_000;

/** What is known about a request with this key. */
export type Claim =
  | { kind: 'new' }
  /** The first one is still being worked on. */
  | { kind: 'under_way' }
  /** The key was used for something else. */
  | { kind: 'other_request' }
  | { kind: 'answered'; answer: string };

/** Remembers in the database which requests were made under which key, so that a repeat is told from a new one by every replica. */
export class IdempotencyKeys {
  private readonly table: Repository<IdempotentRequest>;
  private lastSweep = 0;

  constructor(
    dataSource: DataSource,
    private readonly clock: Clock,
    service: string,
  ) {
    this.table = dataSource.getRepository(idempotencyKeysEntity(service));
  }

  /** Takes the key for this request, or says what it was taken for before. */
  async claim(id: string, requestHash: string): Promise<Claim> {
    const now = this.clock.now();
    await this.sweep(now.getTime());
    try {
      await this.table.insert({ id, requestHash, answer: null, createdAt: now });
      return { kind: 'new' };
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
    }
    const known = await this.table.findOneBy({ id });
    if (!known) return { kind: 'under_way' };
    const age = now.getTime() - known.createdAt.getTime();
    const isOver = known.answer === null ? age >= UNDER_WAY_MS : age >= KEPT_MS;
    if (isOver) return this.takeOver(known, requestHash, now);
    if (known.requestHash !== requestHash) return { kind: 'other_request' };
    return known.answer === null ? { kind: 'under_way' } : { kind: 'answered', answer: known.answer };
  }

  /** Keeps the answer of a claimed request. */
  async answered(id: string, answer: string): Promise<void> {
    await this.table.update({ id, answer: IsNull() }, { answer });
  }

  /** Gives a key back whose request failed: the caller may repeat it. */
  async release(id: string): Promise<void> {
    await this.table.delete({ id, answer: IsNull() });
  }

  /** Of several who find the same leftover, one gets it. */
  private async takeOver(known: IdempotentRequest, requestHash: string, now: Date): Promise<Claim> {
    const { affected } = await this.table.update(
      { id: known.id, createdAt: known.createdAt },
      { requestHash, answer: null, createdAt: now },
    );
    return affected ? { kind: 'new' } : { kind: 'under_way' };
  }

  private async sweep(now: number): Promise<void> {
    if (now - this.lastSweep < SWEEP_EVERY_MS) return;
    this.lastSweep = now;
    await this.table.delete({ createdAt: LessThan(new Date(now - KEPT_MS)) });
  }
}
