import { Clock, inTransaction, newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { StoredBacktest } from './backtest.entity';
import type { BacktestFindings } from './backtest-run';
import { BacktestsStore } from './backtests.store';

/** A worker that was not heard for this long is dead: its backtest is begun again. */
const LEASE_MS = 30_000;
/** Times that a backtest is begun, before it is taken for what ends its workers. */
const MOST_ATTEMPTS = 3;
const KEPT_MS = 30 * 24 * 3_600_000;

/** A backtest in the hand of a worker. */
export type LeasedBacktest = StoredBacktest & { leaseToken: string };

/** Who works on which backtest. When a lease is over or the backtest cancelled, nothing that its former holder writes has any effect. */
@Injectable()
export class BacktestLeases {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: BacktestsStore,
    private readonly clock: Clock,
  ) {}

  /** Takes up to `limit` backtests that nobody works on; ends those that were begun too often. */
  async take(limit: number): Promise<LeasedBacktest[]> {
    const now = this.clock.now();
    const taken: LeasedBacktest[] = [];
    for (const seen of await this.store.due(this.dataSource.manager, now, limit)) {
      const changes: Partial<StoredBacktest> =
        seen.attempts >= MOST_ATTEMPTS
          ? {
              state: 'failed',
              error: `it was begun ${seen.attempts} times, and the service ended each time before it was done`,
              endedAt: now,
              leaseToken: null,
              leaseUntil: null,
            }
          : {
              state: 'running',
              attempts: seen.attempts + 1,
              startedAt: seen.startedAt ?? now,
              leaseToken: newId(),
              leaseUntil: this.leaseEnd(),
              done: 0,
            };
      const isTaken = await inTransaction(this.dataSource, (tx) => this.store.claim(tx, seen, changes));
      const { leaseToken } = changes;
      if (isTaken && leaseToken) taken.push({ ...seen, ...changes, leaseToken });
    }
    return taken;
  }

  /** Notes how far it is, and holds it for longer. Answers false when it is not this worker's any more. */
  hold(backtest: LeasedBacktest, progress: Partial<StoredBacktest> = {}): Promise<boolean> {
    return this.change(backtest, { ...progress, leaseUntil: this.leaseEnd() });
  }

  async succeed(backtest: LeasedBacktest, { outcome, alerts }: BacktestFindings): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      const ended = { state: 'done' as const, outcome, endedAt: this.clock.now(), leaseToken: null, leaseUntil: null };
      if (await this.store.change(tx, backtest, { ...ended, done: backtest.total }))
        await this.store.saveAlerts(tx, backtest.id, alerts);
    });
  }

  async fail(backtest: LeasedBacktest, error: string): Promise<void> {
    const ended = { state: 'failed' as const, error, endedAt: this.clock.now(), leaseToken: null, leaseUntil: null };
    await this.change(backtest, ended);
  }

  /** For whoever comes next, as if it had not been begun. */
  async giveBack(backtest: LeasedBacktest): Promise<void> {
    const changes = { state: 'waiting' as const, attempts: backtest.attempts - 1, leaseToken: null, leaseUntil: null };
    await this.change(backtest, changes);
  }

  /** Forgets some of those that ended a month ago. */
  async forgetOld(): Promise<void> {
    const before = new Date(this.clock.now().getTime() - KEPT_MS);
    const ids = await this.store.endedBefore(this.dataSource.manager, before, 100);
    if (ids.length > 0) await inTransaction(this.dataSource, (tx) => this.store.delete(tx, ids));
  }

  private change(backtest: LeasedBacktest, changes: Partial<StoredBacktest>): Promise<boolean> {
    return inTransaction(this.dataSource, (tx) => this.store.change(tx, backtest, changes));
  }

  private leaseEnd(): Date {
    return new Date(this.clock.now().getTime() + LEASE_MS);
  }
}
