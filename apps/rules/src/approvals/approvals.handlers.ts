import {
  createApprovalPolicy,
  decideRuleApproval,
  deleteApprovalPolicy,
  getApprovalPolicy,
  getRuleApproval,
  listApprovalPolicies,
  listRuleApprovals,
  updateApprovalPolicy,
  type ApprovalPolicyPage,
  type ApprovalPolicyView,
  type ById,
  type CreateApprovalPolicy,
  type DecideRuleApproval,
  type DeleteApprovalPolicy,
  type Done,
  type ListRuleApprovals,
  type PageQuery,
  type RuleApprovalPage,
  type RuleApprovalView,
  type UpdateApprovalPolicy,
} from '@alertagent/contracts';
import { OnRequest } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { ApprovalDecisions } from './approval-decisions';
import { ApprovalPoliciesService } from './approval-policies.service';
import { ApprovalReader } from './approval-reader';

/** Which changes wait for a second person, and what that person says. */
@Controller()
export class ApprovalsHandlers {
  constructor(
    private readonly policies: ApprovalPoliciesService,
    private readonly decisions: ApprovalDecisions,
    private readonly reader: ApprovalReader,
  ) {}

  @OnRequest(createApprovalPolicy)
  createPolicy(query: CreateApprovalPolicy): Promise<ApprovalPolicyView> {
    return this.policies.create(query);
  }

  @OnRequest(updateApprovalPolicy)
  updatePolicy(query: UpdateApprovalPolicy): Promise<ApprovalPolicyView> {
    return this.policies.update(query);
  }

  @OnRequest(deleteApprovalPolicy)
  async deletePolicy(query: DeleteApprovalPolicy): Promise<Done> {
    await this.policies.delete(query);
    return { done: true };
  }

  @OnRequest(getApprovalPolicy)
  policy({ id }: ById): Promise<ApprovalPolicyView> {
    return this.reader.policy(id);
  }

  @OnRequest(listApprovalPolicies)
  listPolicies(query: PageQuery): Promise<ApprovalPolicyPage> {
    return this.reader.listPolicies(query);
  }

  @OnRequest(listRuleApprovals)
  list(query: ListRuleApprovals): Promise<RuleApprovalPage> {
    return this.reader.listApprovals(query);
  }

  @OnRequest(getRuleApproval)
  get({ id }: ById): Promise<RuleApprovalView> {
    return this.reader.approval(id);
  }

  @OnRequest(decideRuleApproval)
  decide(query: DecideRuleApproval): Promise<RuleApprovalView> {
    return this.decisions.decide(query);
  }
}
