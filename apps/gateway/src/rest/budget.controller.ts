import { BudgetView, getModelBudget } from '@alertagent/contracts';
import { Bus, RequireRole } from '@alertagent/service-kit';
import { Controller, Get } from '@nestjs/common';
import { Operation } from '../openapi/operation.decorator';

/** What calls of models may take, over REST; the ai service owns it. */
@Controller('api/v1/ai/budget')
export class BudgetController {
  constructor(private readonly bus: Bus) {}

  @Get()
  @RequireRole('viewer')
  @Operation({
    summary: 'What models may take today in tokens, money and time, what they have taken, and when that begins anew',
    response: BudgetView,
  })
  today(): Promise<BudgetView> {
    return this.bus.request(getModelBudget, {});
  }
}
