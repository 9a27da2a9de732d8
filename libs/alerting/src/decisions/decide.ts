import { compileDecisionCondition } from './decision-condition';
import {
  policyVersion,
  type DecisionOutcome,
  type DecisionPolicy,
  type DecisionRule,
  type DecisionThresholds,
} from './decision-policy';

/** What a decision rests on. Null, or a number outside 0..1, means that there is no usable score. */
export interface DecisionInput {
  severity_score: number | null;
  confidence: number | null;
  suggested_actions: string[];
  recommended_team?: string | null;
  /** The alert; conditions ask about it. Absent in decisions that were made before there were conditions. */
  alert?: { name: string; severity: string | null; cluster: string; labels: Record<string, string> } | null;
}

/** What is to be done about an incident, and why. `policy_version` identifies the policy that was applied. */
export interface Decision {
  action: DecisionOutcome;
  reason: string;
  priority: 'low' | 'medium' | 'high' | 'critical';
  escalation_required: boolean;
  target_team: string | null;
  policy_version: string;
}

/**
 * Turns an analysis into a decision; the same input and policy always give the same one. What calls for escalation is examined
 * first, so that neither badly chosen thresholds nor a rule can keep people asleep. The text of `suggested_actions` never becomes
 * an action: an automatic resolution still has to pick from the catalogue, and to pass its gates.
 */
export function decide(input: DecisionInput, policy: DecisionPolicy): Decision {
  const { thresholds } = policy;
  const policy_version = policyVersion(policy);
  if (Object.values(thresholds).some((value) => typeof value === 'number' && !isScore(value))) {
    return {
      action: 'manual_review',
      reason: 'the decision thresholds are not numbers between 0 and 1',
      priority: 'high',
      escalation_required: true,
      target_team: thresholds.default_team,
      policy_version,
    };
  }
  const escalation = escalationReason(input, thresholds);
  if (escalation !== null) {
    return {
      action: 'immediate_escalation',
      reason: escalation,
      priority: 'critical',
      escalation_required: true,
      target_team: teamOf(input, thresholds),
      policy_version,
    };
  }
  const rule = policy.rules.find(({ when }) => holds(when, input));
  return { ...(rule ? byRule(rule, input, thresholds) : byThresholds(input, thresholds)), policy_version };
}

function byThresholds(input: DecisionInput, thresholds: DecisionThresholds): Omit<Decision, 'policy_version'> {
  const severity = input.severity_score!;
  const confidence = input.confidence!;
  if (severity < thresholds.auto_resolve_below_severity && confidence > thresholds.auto_resolve_above_confidence) {
    return {
      action: 'auto_resolve',
      reason: `severity ${severity} is below ${thresholds.auto_resolve_below_severity} and confidence ${confidence} is above ${thresholds.auto_resolve_above_confidence}`,
      priority: 'low',
      escalation_required: false,
      target_team: null,
    };
  }
  return {
    action: 'smart_routing',
    reason: `severity ${severity} and confidence ${confidence} call neither for automatic resolution nor for escalation`,
    priority: severity > thresholds.high_priority_above_severity ? 'high' : 'medium',
    escalation_required: severity > thresholds.routed_escalation_above_severity,
    target_team: teamOf(input, thresholds),
  };
}

function byRule(
  rule: DecisionRule,
  input: DecisionInput,
  thresholds: DecisionThresholds,
): Omit<Decision, 'policy_version'> {
  const isClosed = rule.action === 'auto_resolve';
  return {
    action: rule.action,
    reason: `the rule "${rule.name}" of the policy holds`,
    priority: rule.priority,
    escalation_required: rule.escalation_required || rule.action === 'immediate_escalation',
    target_team: rule.target_team ?? (isClosed ? null : teamOf(input, thresholds)),
  };
}

/** A condition that cannot be read holds for nothing: the thresholds decide. It is refused when a policy is stored. */
function holds(when: string, input: DecisionInput): boolean {
  const { alert } = input;
  try {
    return compileDecisionCondition(when)({
      severity_score: input.severity_score!,
      confidence: input.confidence!,
      labels: alert?.labels ?? {},
      name: alert?.name ?? '',
      severity: alert?.severity ?? '',
      cluster: alert?.cluster ?? '',
      team: input.recommended_team ?? '',
    });
  } catch {
    return false;
  }
}

function escalationReason(input: DecisionInput, thresholds: DecisionThresholds): string | null {
  if (!isScore(input.severity_score)) return 'the analysis gave no usable severity score';
  if (!isScore(input.confidence)) return 'the analysis gave no usable confidence';
  if (input.severity_score > thresholds.escalate_above_severity) {
    return `severity ${input.severity_score} is above ${thresholds.escalate_above_severity}`;
  }
  if (input.confidence < thresholds.escalate_below_confidence) {
    return `confidence ${input.confidence} is below ${thresholds.escalate_below_confidence}`;
  }
  return null;
}

function isScore(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 1;
}

function teamOf(input: DecisionInput, thresholds: DecisionThresholds): string {
  const recommended = input.recommended_team?.trim();
  return recommended ? recommended : thresholds.default_team;
}
