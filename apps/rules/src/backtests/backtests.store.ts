import type { BacktestedAlert, BacktestState } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { In, LessThan, MoreThan, type EntityManager } from 'typeorm';
import { backtestEntity, type StoredBacktest } from './backtest.entity';
import { backtestedAlertEntity, type StoredBacktestedAlert } from './backtested-alert.entity';

/** Rows per statement: alerts with many firings are long. */
const BATCH = 50;

/** Backtests and the alerts they found. */
@Injectable()
export class BacktestsStore {
  find(manager: EntityManager, id: string): Promise<StoredBacktest | null> {
    return manager.findOneBy(backtestEntity, { id });
  }

  async insert(tx: EntityManager, backtest: StoredBacktest): Promise<void> {
    await tx.insert(backtestEntity, backtest);
  }

  countWaiting(manager: EntityManager): Promise<number> {
    return manager.countBy(backtestEntity, { state: 'waiting' });
  }

  /** Newest first. */
  list(
    manager: EntityManager,
    filter: { ruleId?: string | null; state?: BacktestState | null; before?: string | null },
    limit: number,
  ): Promise<StoredBacktest[]> {
    return manager.find(backtestEntity, {
      where: {
        ...(filter.ruleId ? { ruleId: filter.ruleId } : {}),
        ...(filter.state ? { state: filter.state } : {}),
        ...(filter.before ? { id: LessThan(filter.before) } : {}),
      },
      order: { id: 'DESC' },
      take: limit,
    });
  }

  /** Those that nobody works on, oldest first: new ones, and those whose lease is over. */
  due(manager: EntityManager, now: Date, limit: number): Promise<StoredBacktest[]> {
    return manager.find(backtestEntity, {
      where: [{ state: 'waiting' }, { state: 'running', leaseUntil: LessThan(now) }],
      order: { id: 'ASC' },
      take: limit,
    });
  }

  /** Takes one that was seen, unless somebody else did first: answers false then. */
  async claim(tx: EntityManager, seen: StoredBacktest, changes: Partial<StoredBacktest>): Promise<boolean> {
    const { id, state, attempts } = seen;
    const { affected } = await tx.update(backtestEntity, { id, state, attempts }, changes);
    return affected === 1;
  }

  /** Changes one that is in hand; answers false when it is so no more. */
  async change(
    tx: EntityManager,
    { id, leaseToken }: { id: string; leaseToken: string },
    changes: Partial<StoredBacktest>,
  ): Promise<boolean> {
    const { affected } = await tx.update(backtestEntity, { id, leaseToken, state: 'running' }, changes);
    return affected === 1;
  }

  /** Ends one that has not ended; answers false when it has. */
  async cancel(tx: EntityManager, id: string, endedAt: Date): Promise<boolean> {
    const changes = { state: 'cancelled' as const, endedAt, leaseToken: null, leaseUntil: null };
    const { affected } = await tx.update(backtestEntity, { id, state: In(['waiting', 'running']) }, changes);
    return affected === 1;
  }

  async delete(tx: EntityManager, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await tx.delete(backtestedAlertEntity, { backtestId: In([...ids]) });
    await tx.delete(backtestEntity, { id: In([...ids]) });
  }

  /** Ids of those that ended before a time. */
  async endedBefore(manager: EntityManager, time: Date, limit: number): Promise<string[]> {
    const rows = await manager.find(backtestEntity, {
      select: { id: true },
      where: { endedAt: LessThan(time) },
      order: { id: 'ASC' },
      take: limit,
    });
    return rows.map(({ id }) => id);
  }

  /** Keeps the alerts that a backtest found, in this order, instead of any that an earlier attempt left. */
  async saveAlerts(tx: EntityManager, backtestId: string, alerts: readonly BacktestedAlert[]): Promise<void> {
    await tx.delete(backtestedAlertEntity, { backtestId });
    for (let start = 0; start < alerts.length; start += BATCH) {
      const rows = alerts
        .slice(start, start + BATCH)
        .map((content, index) => ({ backtestId, position: start + index, side: content.side, content }));
      await tx.insert(backtestedAlertEntity, rows);
    }
  }

  alerts(
    manager: EntityManager,
    backtestId: string,
    { after, side, limit }: { after: number; side?: BacktestedAlert['side'] | null; limit: number },
  ): Promise<StoredBacktestedAlert[]> {
    return manager.find(backtestedAlertEntity, {
      where: { backtestId, position: MoreThan(after), ...(side ? { side } : {}) },
      order: { position: 'ASC' },
      take: limit,
    });
  }
}
