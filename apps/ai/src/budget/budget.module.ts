import { Module } from '@nestjs/common';
import { BudgetHandlers } from './budget.handlers';
import { BudgetMetrics } from './budget.metrics';
import { BudgetReport } from './budget-report';
import { ModelBudget } from './model-budget';
import { ModelCallsStore } from './model-calls.store';

@Module({
  controllers: [BudgetHandlers],
  providers: [BudgetMetrics, BudgetReport, ModelBudget, ModelCallsStore],
  exports: [ModelBudget, ModelCallsStore],
})
export class BudgetModule {}
