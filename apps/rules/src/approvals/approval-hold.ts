import type { RuleHold } from '@alertagent/contracts';
import type { StoredRuleApproval } from './rule-approval.entity';

/** What an approval that is open keeps from running, and what would let it go. */
export function approvalHold(approval: StoredRuleApproval): RuleHold {
  const { id, state, version, change, decidedBy, decisionReason } = approval;
  const what = change === 'deletion-requested' ? 'the deletion' : `version ${version}`;
  const rejected = `${what} was rejected by ${decidedBy} (${decisionReason}); change the rule, or restore a version`;
  const waits = `${what} waits for a second person: see /api/v1/rule-approvals/${id}`;
  return { by: 'approval', version, reason: state === 'rejected' ? rejected : waits, approval_id: id };
}
