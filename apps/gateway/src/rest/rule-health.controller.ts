import { ListRuleHealth, listRuleHealth, RuleHealthPage, sweepRules } from '@alertagent/contracts';
import { Bus, QueryParams, RequireRole } from '@alertagent/service-kit';
import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { Operation } from '../openapi/operation.decorator';

/** What is wrong with rules that load and evaluate, over REST; the rules service sweeps them. */
@Controller('api/v1/rules/health')
export class RuleHealthController {
  constructor(private readonly bus: Bus) {}

  @Get()
  @RequireRole('viewer')
  @Operation({
    summary: 'What the last sweep found wrong with rules, per rule and cluster',
    description:
      'Series that do not exist, rules that never or always fire, fail, are slow, say the same as others, or have no route or runbook. sources tells of each cluster whether its Prometheus was asked for series, and why not.',
    query: ListRuleHealth,
    response: RuleHealthPage,
  })
  list(@QueryParams(ListRuleHealth) query: ListRuleHealth): Promise<RuleHealthPage> {
    return this.bus.request(listRuleHealth, query);
  }

  @Post('sweep')
  @HttpCode(202)
  @RequireRole('operator')
  @Operation({ summary: 'Sweep now; the list has a newer swept_at once it has ended', status: 202 })
  async sweep(): Promise<void> {
    await this.bus.request(sweepRules, {});
  }
}
