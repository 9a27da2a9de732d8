import { Module } from '@nestjs/common';
import { RuleGroupsModule } from '../rule-groups/rule-groups.module';
import { RulesStoreModule } from '../rules/rules-store.module';
import { SourcesModule } from '../sources/sources.module';
import { BacktestLeases } from './backtest-leases';
import { BacktestOrders } from './backtest-orders';
import { BacktestReader } from './backtest-reader';
import { BacktestRun } from './backtest-run';
import { BacktestSubjects } from './backtest-subjects';
import { BacktestWorker } from './backtest-worker';
import { BacktestsHandlers } from './backtests.handlers';
import { BacktestsStore } from './backtests.store';
import { EvaluationPlans } from './evaluation-plan';
import { NewBacktest } from './new-backtest';
import { RulePages } from './rule-pages';

/** When rules would have fired, and whom that would have disturbed. */
@Module({
  imports: [RuleGroupsModule, RulesStoreModule, SourcesModule],
  controllers: [BacktestsHandlers],
  providers: [
    BacktestLeases,
    BacktestOrders,
    BacktestReader,
    BacktestRun,
    BacktestSubjects,
    BacktestWorker,
    BacktestsStore,
    EvaluationPlans,
    NewBacktest,
    RulePages,
  ],
})
export class BacktestsModule {}
