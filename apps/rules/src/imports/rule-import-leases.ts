import { Clock, inTransaction, newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { StoredRuleImport } from './rule-import.entity';
import { RuleImportsStore, type LeasedImport } from './rule-imports.store';

/** A worker that was not heard for this long is dead: its import is taken up by another. */
const LEASE_MS = 60_000;
/** Times that an import is begun, before it is taken for what ends its workers. */
const MOST_ATTEMPTS = 5;
const KEPT_MS = 7 * 24 * 3_600_000;

/** Who works on which import. */
@Injectable()
export class RuleImportLeases {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: RuleImportsStore,
    private readonly clock: Clock,
  ) {}

  /** The next import that nobody works on, or null. */
  async take(): Promise<LeasedImport | null> {
    const now = this.clock.now();
    const [seen] = await this.store.due(this.dataSource.manager, now, 1);
    if (!seen) return null;
    if (seen.attempts >= MOST_ATTEMPTS) {
      const error = `it was begun ${seen.attempts} times, and the service ended each time before it was done`;
      await inTransaction(this.dataSource, (tx) => this.store.claim(tx, seen, this.ended('failed', error)));
      return null;
    }
    const leaseToken = newId();
    const changes = { state: 'running' as const, attempts: seen.attempts + 1, leaseToken, leaseUntil: this.leaseEnd() };
    const isTaken = await inTransaction(this.dataSource, (tx) => this.store.claim(tx, seen, changes));
    return isTaken ? { ...seen, ...changes, leaseToken } : null;
  }

  leaseEnd(): Date {
    return new Date(this.clock.now().getTime() + LEASE_MS);
  }

  /** Answers false when it is not this worker's any more: cancelled, or taken by another. */
  change(held: LeasedImport, changes: Partial<StoredRuleImport>): Promise<boolean> {
    return inTransaction(this.dataSource, (tx) =>
      this.store.change(tx, held, { leaseUntil: this.leaseEnd(), ...changes }),
    );
  }

  /** What was sent is not needed any more. */
  async end(held: LeasedImport, state: 'done' | 'failed', error: string | null): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      if (await this.store.change(tx, held, this.ended(state, error))) await this.store.deleteParts(tx, held.id);
    });
  }

  /** For whoever comes next, as if it had not been begun. */
  async giveBack(held: LeasedImport): Promise<void> {
    const changes = { state: 'waiting' as const, attempts: held.attempts - 1, leaseToken: null, leaseUntil: null };
    await inTransaction(this.dataSource, (tx) => this.store.change(tx, held, changes));
  }

  /** Forgets some of those that ended a week ago. */
  async forgetOld(): Promise<void> {
    const before = new Date(this.clock.now().getTime() - KEPT_MS);
    const ids = await this.store.oldIds(this.dataSource.manager, before, 20);
    if (ids.length > 0) await inTransaction(this.dataSource, (tx) => this.store.delete(tx, ids));
  }

  private ended(state: 'done' | 'failed', error: string | null): Partial<StoredRuleImport> {
    return {
      state,
      error: error?.slice(0, 1000) ?? null,
      endedAt: this.clock.now(),
      leaseToken: null,
      leaseUntil: null,
    };
  }
}
