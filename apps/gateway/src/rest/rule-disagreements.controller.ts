import {
  DisagreementDismissal,
  dismissRuleDisagreement,
  getRuleDisagreement,
  ListRuleDisagreements,
  listRuleDisagreements,
  reopenRuleDisagreement,
  RuleDisagreementPage,
  RuleDisagreementView,
} from '@alertagent/contracts';
import {
  actorOf,
  Bus,
  CurrentPrincipal,
  JsonBody,
  QueryParams,
  RequireRole,
  type Principal,
} from '@alertagent/service-kit';
import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { Operation } from '../openapi/operation.decorator';

/** What promtool judges differently than AlertAgent, over REST; the rules service compares them. */
@Controller('api/v1/rules/disagreements')
export class RuleDisagreementsController {
  constructor(private readonly bus: Bus) {}

  @Get()
  @RequireRole('operator')
  @Operation({
    summary: 'Rules that promtool judges differently than AlertAgent, newest first; each that is open is a defect',
    description:
      'What was validated or saved is judged by promtool as well, where the rules service finds one. promtool is its version, null when nothing is compared.',
    query: ListRuleDisagreements,
    response: RuleDisagreementPage,
  })
  list(@QueryParams(ListRuleDisagreements) query: ListRuleDisagreements): Promise<RuleDisagreementPage> {
    return this.bus.request(listRuleDisagreements, query);
  }

  @Get(':id')
  @RequireRole('operator')
  @Operation({ summary: 'Show one with the whole rule file that both judged', response: RuleDisagreementView })
  get(@Param('id') id: string): Promise<RuleDisagreementView> {
    return this.bus.request(getRuleDisagreement, { id });
  }

  @Post(':id/dismiss')
  @HttpCode(200)
  @RequireRole('operator')
  @Operation({
    summary: 'Say why it is no defect, or none to be mended: it is not told any more when it is met again',
    body: DisagreementDismissal,
    response: RuleDisagreementView,
  })
  dismiss(
    @Param('id') id: string,
    @JsonBody(DisagreementDismissal) { reason }: DisagreementDismissal,
    @CurrentPrincipal() principal: Principal,
  ): Promise<RuleDisagreementView> {
    return this.bus.request(dismissRuleDisagreement, { id, reason, actor: actorOf(principal) });
  }

  @Post(':id/reopen')
  @HttpCode(200)
  @RequireRole('operator')
  @Operation({ summary: 'Make a dismissed one a defect again', response: RuleDisagreementView })
  reopen(@Param('id') id: string, @CurrentPrincipal() principal: Principal): Promise<RuleDisagreementView> {
    return this.bus.request(reopenRuleDisagreement, { id, actor: actorOf(principal) });
  }
}
