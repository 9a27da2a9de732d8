import {
  ServiceError,
  type BacktestedAlertPage,
  type BacktestPage,
  type BacktestView,
  type ListBacktestedAlerts,
  type ListBacktests,
} from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { StoredBacktest } from './backtest.entity';
import { backtestView } from './backtest-view';
import { BacktestsStore } from './backtests.store';

const DEFAULT_LIMIT = 50;
/** An alert may have a thousand firings; an answer must fit into a message. */
const MOST_ALERTS = 10;

/** Answers questions about backtests. */
@Injectable()
export class BacktestReader {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: BacktestsStore,
  ) {}

  /** Errors: `not_found`. */
  async get(id: string): Promise<BacktestView> {
    return backtestView(await this.known(id));
  }

  /** Newest first. Errors: `invalid` when the cursor is none of ours. */
  async list({ rule_id, state, cursor, limit }: ListBacktests): Promise<BacktestPage> {
    if (cursor && !/^[0-9a-f-]{36}$/.test(cursor)) throw badCursor();
    const size = limit ?? DEFAULT_LIMIT;
    const filter = { ruleId: rule_id, state, before: cursor };
    const found = await this.store.list(this.dataSource.manager, filter, size + 1);
    const items = found.slice(0, size);
    return { items: items.map(backtestView), next_cursor: found.length > size ? (items.at(-1)?.id ?? null) : null };
  }

  /** The alerts that fired longest come first. Errors: `not_found`; `invalid` when the cursor is none of ours. */
  async alerts({ id, side, cursor, limit }: ListBacktestedAlerts): Promise<BacktestedAlertPage> {
    if (cursor && !/^[0-9]{1,9}$/.test(cursor)) throw badCursor();
    await this.known(id);
    const size = Math.min(limit ?? MOST_ALERTS, MOST_ALERTS);
    const after = cursor ? Number(cursor) : -1;
    const found = await this.store.alerts(this.dataSource.manager, id, { after, side, limit: size + 1 });
    const items = found.slice(0, size);
    return {
      items: items.map(({ content }) => content),
      next_cursor: found.length > size ? String(items.at(-1)?.position) : null,
    };
  }

  private async known(id: string): Promise<StoredBacktest> {
    const found = await this.store.find(this.dataSource.manager, id);
    if (!found) throw new ServiceError('not_found', 'there is no such backtest');
    return found;
  }
}

const badCursor = (): ServiceError =>
  new ServiceError('invalid', '/cursor: not a cursor of this list', {
    errors: [{ pointer: '/cursor', code: 'bad_cursor', detail: 'expected the next_cursor of an earlier page' }],
  });
