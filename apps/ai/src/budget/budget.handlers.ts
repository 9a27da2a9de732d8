import { getModelBudget, type BudgetView } from '@alertagent/contracts';
import { OnRequest } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { BudgetReport } from './budget-report';

/** What others ask about the budget of models. */
@Controller()
export class BudgetHandlers {
  constructor(private readonly report: BudgetReport) {}

  @OnRequest(getModelBudget)
  today(): Promise<BudgetView> {
    return this.report.today();
  }
}
