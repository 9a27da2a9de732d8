import {
  ApprovalPolicyInput,
  ApprovalPolicyPage,
  ApprovalPolicyView,
  ApprovalReason,
  ApproveRuleInput,
  createApprovalPolicy,
  decideRuleApproval,
  deleteApprovalPolicy,
  getApprovalPolicy,
  getRuleApproval,
  listApprovalPolicies,
  listRuleApprovals,
  ListRuleApprovals,
  PageQuery,
  RuleApprovalPage,
  RuleApprovalView,
  updateApprovalPolicy,
  type DecideRuleApproval,
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
import { Controller, Delete, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { Operation } from '../openapi/operation.decorator';
import { IfMatch, refusedByIfMatch, VersionTags } from './if-match';

/** Changes of rules that a second person has to approve, over REST; the rules service owns them. */
@Controller('api/v1')
@VersionTags()
export class ApprovalsController {
  constructor(private readonly bus: Bus) {}

  @Post('approval-policies')
  @RequireRole('admin')
  @Operation({
    summary: 'Ask for a second person before changes of these rules are distributed',
    body: ApprovalPolicyInput,
    status: 201,
    response: ApprovalPolicyView,
  })
  createPolicy(
    @JsonBody(ApprovalPolicyInput) policy: ApprovalPolicyInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ApprovalPolicyView> {
    return this.bus.request(createApprovalPolicy, { policy, actor: actorOf(principal) });
  }

  @Get('approval-policies')
  @RequireRole('viewer')
  @Operation({ summary: 'List approval policies', query: PageQuery, response: ApprovalPolicyPage })
  listPolicies(@QueryParams(PageQuery) query: PageQuery): Promise<ApprovalPolicyPage> {
    return this.bus.request(listApprovalPolicies, query);
  }

  @Get('approval-policies/:id')
  @RequireRole('viewer')
  @Operation({ summary: 'Show an approval policy; its ETag is its version', response: ApprovalPolicyView })
  policy(@Param('id') id: string): Promise<ApprovalPolicyView> {
    return this.bus.request(getApprovalPolicy, { id });
  }

  @Put('approval-policies/:id')
  @RequireRole('admin')
  @Operation({
    summary: 'Change an approval policy; versions that wait already go on waiting',
    body: ApprovalPolicyInput,
    response: ApprovalPolicyView,
  })
  updatePolicy(
    @Param('id') id: string,
    @JsonBody(ApprovalPolicyInput) policy: ApprovalPolicyInput,
    @IfMatch() expected: number | null,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ApprovalPolicyView> {
    const change = { id, policy, expected_version: expected, actor: actorOf(principal) };
    return refusedByIfMatch(expected, this.bus.request(updateApprovalPolicy, change));
  }

  @Delete('approval-policies/:id')
  @HttpCode(204)
  @RequireRole('admin')
  @Operation({ summary: 'Delete an approval policy; versions that wait already go on waiting', status: 204 })
  async deletePolicy(
    @Param('id') id: string,
    @IfMatch() expected: number | null,
    @CurrentPrincipal() principal: Principal,
  ): Promise<void> {
    const change = { id, expected_version: expected, actor: actorOf(principal) };
    await refusedByIfMatch(expected, this.bus.request(deleteApprovalPolicy, change));
  }

  @Get('rule-approvals')
  @RequireRole('viewer')
  @Operation({
    summary: 'Versions that wait for a second person; with state or rule_id those that waited, too',
    query: ListRuleApprovals,
    response: RuleApprovalPage,
  })
  list(@QueryParams(ListRuleApprovals) query: ListRuleApprovals): Promise<RuleApprovalPage> {
    return this.bus.request(listRuleApprovals, query);
  }

  @Get('rule-approvals/:id')
  @RequireRole('viewer')
  @Operation({ summary: 'Show what waits, for whom, since when', response: RuleApprovalView })
  get(@Param('id') id: string): Promise<RuleApprovalView> {
    return this.bus.request(getRuleApproval, { id });
  }

  @Post('rule-approvals/:id/approve')
  @HttpCode(200)
  @RequireRole('operator')
  @Operation({
    summary: 'Approve exactly this version, which is distributed then; never by one of its authors',
    body: ApproveRuleInput,
    response: RuleApprovalView,
  })
  approve(
    @Param('id') id: string,
    @JsonBody(ApproveRuleInput) input: ApproveRuleInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<RuleApprovalView> {
    return this.decide({ ...input, id, decision: 'approve' }, principal);
  }

  @Post('rule-approvals/:id/reject')
  @HttpCode(200)
  @RequireRole('operator')
  @Operation({
    summary: 'Reject it: what runs goes on running until the rule is changed again',
    body: ApprovalReason,
    response: RuleApprovalView,
  })
  reject(
    @Param('id') id: string,
    @JsonBody(ApprovalReason) input: ApprovalReason,
    @CurrentPrincipal() principal: Principal,
  ): Promise<RuleApprovalView> {
    return this.decide({ ...input, id, decision: 'reject' }, principal);
  }

  @Post('rule-approvals/:id/override')
  @HttpCode(200)
  @RequireRole('admin')
  @Operation({
    summary: 'In an emergency: distribute it without a second person; the reason is audited',
    body: ApprovalReason,
    response: RuleApprovalView,
  })
  override(
    @Param('id') id: string,
    @JsonBody(ApprovalReason) input: ApprovalReason,
    @CurrentPrincipal() principal: Principal,
  ): Promise<RuleApprovalView> {
    return this.decide({ ...input, id, decision: 'override' }, principal);
  }

  private decide(query: Omit<DecideRuleApproval, 'role' | 'actor'>, principal: Principal): Promise<RuleApprovalView> {
    const role = principal.kind === 'user' && principal.role === 'admin' ? 'admin' : 'operator';
    return this.bus.request(decideRuleApproval, { ...query, role, actor: actorOf(principal) });
  }
}
