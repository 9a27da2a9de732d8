import {
  getRuleDisagreement,
  listRuleDisagreements,
  PageQuery,
  RuleDisagreementPage,
  RuleDisagreementView,
} from '@alertagent/contracts';
import { Bus, QueryParams, RequireRole } from '@alertagent/service-kit';
import { Controller, Get, Param } from '@nestjs/common';
import { Operation } from '../openapi/operation.decorator';

/** What promtool judges differently than AlertAgent, over REST; the rules service compares them. */
@Controller('api/v1/rules/disagreements')
export class RuleDisagreementsController {
  constructor(private readonly bus: Bus) {}

  @Get()
  @RequireRole('operator')
  @Operation({
    summary: 'Rules that promtool judges differently than AlertAgent, newest first; each is a defect',
    description:
      'What was validated or saved is judged by promtool as well, where the rules service finds one. promtool is its version, null when nothing is compared.',
    query: PageQuery,
    response: RuleDisagreementPage,
  })
  list(@QueryParams(PageQuery) query: PageQuery): Promise<RuleDisagreementPage> {
    return this.bus.request(listRuleDisagreements, query);
  }

  @Get(':id')
  @RequireRole('operator')
  @Operation({ summary: 'Show one with the whole rule file that both judged', response: RuleDisagreementView })
  get(@Param('id') id: string): Promise<RuleDisagreementView> {
    return this.bus.request(getRuleDisagreement, { id });
  }
}
