import type { Decision, DecisionInput, DecisionPolicy, DecisionRule, DecisionThresholds } from '@alertagent/alerting';
import type { DecisionAction, DecisionView, Priority } from '@alertagent/contracts';

/** A decision with everything it was made of: `decide(inputs, policyOf(it))` gives the same one again. */
export interface StoredDecision {
  id: string;
  analysisId: string;
  /** How often the analysis had been replayed. */
  run: number;
  incidentId: string | null;
  action: DecisionAction;
  reason: string;
  priority: Priority;
  escalationRequired: boolean;
  targetTeam: string | null;
  policyVersion: string;
  inputs: DecisionInput;
  thresholds: DecisionThresholds;
  /** Null for decisions from before there were rules. */
  rules: DecisionRule[] | null;
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

/** The policy that a decision was made by. */
export const policyOf = ({ thresholds, rules }: StoredDecision): DecisionPolicy => ({ thresholds, rules: rules ?? [] });

/** Whether a decision that was made again is the stored one, to the last character. */
export function isSameDecision(stored: StoredDecision, again: Decision): boolean {
  const { action, reason, priority, escalationRequired, targetTeam, policyVersion } = stored;
  const first: Decision = {
    action,
    reason,
    priority,
    escalation_required: escalationRequired,
    target_team: targetTeam,
    policy_version: policyVersion,
  };
  return (Object.keys(first) as (keyof Decision)[]).every((key) => first[key] === again[key]);
}
