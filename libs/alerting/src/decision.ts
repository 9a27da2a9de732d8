import { sha256Hex } from './hashing';

/** Where the lines are drawn between closing, routing and waking somebody. Scores lie between 0 and 1. */
export interface DecisionThresholds {
  /** Severity strictly below this, together with the confidence below, allows automatic resolution. */
  auto_resolve_below_severity: number;
  /** Confidence must be strictly above this for automatic resolution. */
  auto_resolve_above_confidence: number;
  /** Severity strictly above this always escalates. */
  escalate_above_severity: number;
  /** Confidence strictly below this always escalates: an unsure analysis is not allowed to keep people asleep. */
  escalate_below_confidence: number;
  /** A routed incident has high priority strictly above this severity, else medium. */
  high_priority_above_severity: number;
  /** A routed incident must also be escalated strictly above this severity. */
  routed_escalation_above_severity: number;
  /** Team that gets routed incidents when the analysis recommends none. */
  default_team: string;
}

/** The thresholds of the original design's workflow. */
export const defaultThresholds: DecisionThresholds = {
  auto_resolve_below_severity: 0.3,
  auto_resolve_above_confidence: 0.8,
  escalate_above_severity: 0.8,
  escalate_below_confidence: 0.5,
  high_priority_above_severity: 0.6,
  routed_escalation_above_severity: 0.7,
  default_team: 'platform',
};

/** The parts of an analysis that a decision rests on. Null, or a number outside 0..1, means that there is no usable score. */
export interface DecisionInput {
  severity_score: number | null;
  confidence: number | null;
  suggested_actions: string[];
  recommended_team?: string | null;
}

/** What is to be done about an incident, and why. `policy_version` identifies the thresholds that were applied. */
export interface Decision {
  action: 'auto_resolve' | 'immediate_escalation' | 'smart_routing' | 'manual_review';
  reason: string;
  priority: 'low' | 'medium' | 'high' | 'critical';
  escalation_required: boolean;
  target_team: string | null;
  policy_version: string;
}

/**
 * Turns scores into a decision. Escalation is examined first, so badly chosen thresholds wake somebody rather than
 * close an incident. The text of `suggested_actions` never becomes an action: it comes from a model and names nothing
 * that may run; an automatic resolution still has to pick from the action catalogue.
 */
export function decide(input: DecisionInput, thresholds: DecisionThresholds): Decision {
  const policy_version = policyVersion(thresholds);
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
  const severity = input.severity_score!;
  const confidence = input.confidence!;
  if (severity < thresholds.auto_resolve_below_severity && confidence > thresholds.auto_resolve_above_confidence) {
    return {
      action: 'auto_resolve',
      reason: `severity ${severity} is below ${thresholds.auto_resolve_below_severity} and confidence ${confidence} is above ${thresholds.auto_resolve_above_confidence}`,
      priority: 'low',
      escalation_required: false,
      target_team: null,
      policy_version,
    };
  }
  return {
    action: 'smart_routing',
    reason: `severity ${severity} and confidence ${confidence} call neither for automatic resolution nor for escalation`,
    priority: severity > thresholds.high_priority_above_severity ? 'high' : 'medium',
    escalation_required: severity > thresholds.routed_escalation_above_severity,
    target_team: teamOf(input, thresholds),
    policy_version,
  };
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

/** Same thresholds, same version, whatever the order of their keys. */
function policyVersion(thresholds: DecisionThresholds): string {
  const sorted = Object.entries(thresholds).sort(([a], [b]) => (a < b ? -1 : 1));
  return 'thresholds-' + sha256Hex(JSON.stringify(sorted)).slice(0, 12);
}
