import type { ApprovalPolicyView, RuleApprovalView } from '@alertagent/contracts';
import type { StoredApprovalPolicy } from './approval-policy.entity';
import type { StoredRuleApproval } from './rule-approval.entity';

export const approvalView = (approval: StoredRuleApproval): RuleApprovalView => ({
  id: approval.id,
  rule_id: approval.ruleId,
  rule_name: approval.ruleName,
  version: approval.version,
  content_hash: approval.contentHash,
  change: approval.change,
  state: approval.state,
  placed_version: approval.placedVersion,
  authors: approval.authors.map(({ name }) => name),
  reason: approval.reason,
  policies: approval.policies,
  approver_role: approval.approverRole,
  requested_at: approval.requestedAt.toISOString(),
  decided_by: approval.decidedBy,
  decided_at: approval.decidedAt?.toISOString() ?? null,
  decision_reason: approval.decisionReason,
});

export const policyView = (policy: StoredApprovalPolicy): ApprovalPolicyView => ({
  id: policy.id,
  name: policy.name,
  owner: policy.owner,
  matchers: policy.matchers,
  approver_role: policy.approverRole,
  enabled: policy.enabled,
  version: policy.version,
  created_at: policy.createdAt.toISOString(),
  updated_at: policy.updatedAt.toISOString(),
});
