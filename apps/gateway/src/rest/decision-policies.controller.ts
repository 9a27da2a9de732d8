import {
  DecisionPolicyInput,
  DecisionPolicyPage,
  DecisionPolicyView,
  DecisionReplay,
  DecisionTrial,
  listDecisionPolicies,
  PageQuery,
  ReplayDecisions,
  replayDecisions,
  setDecisionPolicy,
  TryDecisionPolicy,
  tryDecisionPolicy,
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
import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { Operation } from '../openapi/operation.decorator';

/** What decisions are made by; the ai service owns it. */
@Controller('api/v1/ai')
export class DecisionPoliciesController {
  constructor(private readonly bus: Bus) {}

  @Get('decision-policies')
  @RequireRole('viewer')
  @Operation({
    summary: 'Versions of the decision policy, newest first; that of the configuration is the last',
    query: PageQuery,
    response: DecisionPolicyPage,
  })
  list(@QueryParams(PageQuery) query: PageQuery): Promise<DecisionPolicyPage> {
    return this.bus.request(listDecisionPolicies, query);
  }

  @Post('decision-policies')
  @RequireRole('admin')
  @Operation({
    summary: 'Store a policy; it decides from now on',
    body: DecisionPolicyInput,
    status: 201,
    response: DecisionPolicyView,
  })
  set(
    @JsonBody(DecisionPolicyInput) input: DecisionPolicyInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<DecisionPolicyView> {
    return this.bus.request(setDecisionPolicy, { ...input, actor: actorOf(principal) });
  }

  @Post('decision-policies/dry-run')
  @HttpCode(200)
  @RequireRole('operator')
  @Operation({
    summary: 'Make the last decisions again by a policy that is not stored: which would be others',
    body: TryDecisionPolicy,
    response: DecisionTrial,
  })
  try(@JsonBody(TryDecisionPolicy) input: TryDecisionPolicy): Promise<DecisionTrial> {
    return this.bus.request(tryDecisionPolicy, input);
  }

  @Post('decisions/replay')
  @HttpCode(200)
  @RequireRole('operator')
  @Operation({
    summary: 'Make the last decisions again from what is stored with them: each must come out the same',
    body: ReplayDecisions,
    response: DecisionReplay,
  })
  replay(@JsonBody(ReplayDecisions) input: ReplayDecisions): Promise<DecisionReplay> {
    return this.bus.request(replayDecisions, input);
  }
}
