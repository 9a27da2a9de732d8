import type { DecisionInput, DecisionThresholds } from '@alertagent/alerting';
import type { DecisionAction, DecisionView, Priority } from '@alertagent/contracts';

/** A decision with everything it was made of: `decide(inputs, thresholds)` gives the same one again. */
export interface StoredDecision {
  id: string;
  analysisId: string;
  incidentId: string | null;
  action: DecisionAction;
  reason: string;
  priority: Priority;
  escalationRequired: boolean;
  targetTeam: string | null;
  policyVersion: string;
  inputs: DecisionInput;
  thresholds: DecisionThresholds;
  decidedAt: Date;
}

/** A decision as others see it; `incident_id` is empty when the alert belongs to no incident. */
export function decisionView(decision: StoredDecision): DecisionView {
  return {
    id: decision.id,
    incident_id: decision.incidentId ?? '',
    analysis_id: decision.analysisId,
    action: decision.action,
    reason: decision.reason,
    priority: decision.priority,
    escalation_required: decision.escalationRequired,
    target_team: decision.targetTeam,
    policy_version: decision.policyVersion,
    decided_at: decision.decidedAt.toISOString(),
  };
}
