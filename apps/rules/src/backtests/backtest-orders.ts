import { ServiceError, type BacktestView, type EndBacktest, type StartBacktest } from '@alertagent/contracts';
import { AuditLog, Clock, inTransaction, newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { StoredBacktest } from './backtest.entity';
import { backtestView } from './backtest-view';
import { BacktestsStore } from './backtests.store';
import { NewBacktest } from './new-backtest';

const MOST_WAITING = 100;

/** What people want done: backtests begun, ended and forgotten. */
@Injectable()
export class BacktestOrders {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: BacktestsStore,
    private readonly making: NewBacktest,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Errors: those of {@link NewBacktest}; `unavailable` when too many wait. */
  async start({ backtest: input, actor }: StartBacktest): Promise<BacktestView> {
    const spec = await this.making.make(input);
    const backtest: StoredBacktest = {
      id: newId(),
      ruleId: spec.first.ruleId,
      state: 'waiting',
      spec,
      author: actor,
      error: null,
      outcome: null,
      intervalMs: null,
      isInStep: false,
      done: 0,
      total: 0,
      attempts: 0,
      leaseToken: null,
      leaseUntil: null,
      createdAt: this.clock.now(),
      startedAt: null,
      endedAt: null,
    };
    await inTransaction(this.dataSource, async (tx) => {
      if ((await this.store.countWaiting(tx)) >= MOST_WAITING)
        throw new ServiceError('unavailable', `${MOST_WAITING} backtests are waiting; try again when some are done`);
      await this.store.insert(tx, backtest);
      await this.record(tx, 'backtest.started', backtest, actor);
    });
    return backtestView(backtest);
  }

  /** Whoever works on it stops at its next step. Errors: `not_found`; `conflict` when it has ended. */
  async cancel({ id, actor }: EndBacktest): Promise<BacktestView> {
    return inTransaction(this.dataSource, async (tx) => {
      const before = await this.known(tx, id);
      if (!(await this.store.cancel(tx, id, this.clock.now())))
        throw new ServiceError('conflict', `the backtest has ended: it is ${before.state}`);
      const after = await this.known(tx, id);
      await this.record(tx, 'backtest.cancelled', after, actor);
      return backtestView(after);
    });
  }

  /** Errors: `not_found`. */
  async delete({ id, actor }: EndBacktest): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      const before = await this.known(tx, id);
      await this.store.delete(tx, [id]);
      await this.record(tx, 'backtest.deleted', before, actor);
    });
  }

  private async known(tx: EntityManager, id: string): Promise<StoredBacktest> {
    const found = await this.store.find(tx, id);
    if (!found) throw new ServiceError('not_found', 'there is no such backtest');
    return found;
  }

  private async record(
    tx: EntityManager,
    action: string,
    backtest: StoredBacktest,
    actor: EndBacktest['actor'],
  ): Promise<void> {
    const { rule, compare, cluster_id, from, to, state } = backtestView(backtest);
    await this.audit.record(tx, {
      actor,
      action,
      resource_type: 'backtest',
      resource_id: backtest.id,
      after: { rule, compare, cluster_id, source_url: backtest.spec.sourceUrl, from, to, state },
    });
  }
}
