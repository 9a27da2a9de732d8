import {
  cancelBacktest,
  deleteBacktest,
  getBacktest,
  listBacktestedAlerts,
  listBacktests,
  startBacktest,
  type BacktestedAlertPage,
  type BacktestPage,
  type BacktestView,
  type ById,
  type Done,
  type EndBacktest,
  type ListBacktestedAlerts,
  type ListBacktests,
  type StartBacktest,
} from '@alertagent/contracts';
import { OnRequest } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { BacktestOrders } from './backtest-orders';
import { BacktestReader } from './backtest-reader';

/** Answers everything about backtests. */
@Controller()
export class BacktestsHandlers {
  constructor(
    private readonly orders: BacktestOrders,
    private readonly reader: BacktestReader,
  ) {}

  @OnRequest(startBacktest)
  start(query: StartBacktest): Promise<BacktestView> {
    return this.orders.start(query);
  }

  @OnRequest(getBacktest)
  get({ id }: ById): Promise<BacktestView> {
    return this.reader.get(id);
  }

  @OnRequest(listBacktests)
  list(query: ListBacktests): Promise<BacktestPage> {
    return this.reader.list(query);
  }

  @OnRequest(listBacktestedAlerts)
  alerts(query: ListBacktestedAlerts): Promise<BacktestedAlertPage> {
    return this.reader.alerts(query);
  }

  @OnRequest(cancelBacktest)
  cancel(query: EndBacktest): Promise<BacktestView> {
    return this.orders.cancel(query);
  }

  @OnRequest(deleteBacktest)
  async delete(query: EndBacktest): Promise<Done> {
    await this.orders.delete(query);
    return { done: true };
  }
}
