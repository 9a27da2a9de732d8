import { sha256Hex } from '../hashing';

export const DECISION_OUTCOMES = ['auto_resolve', 'immediate_escalation', 'smart_routing', 'manual_review'] as const;
export type DecisionOutcome = (typeof DECISION_OUTCOMES)[number];

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

/** What is decided where a condition holds, instead of what the thresholds alone would say. */
export interface DecisionRule {
  name: string;
  /** CEL over `severity_score`, `confidence`, `labels`, `name`, `severity`, `cluster` and `team` (the recommended one). */
  when: string;
  action: DecisionOutcome;
  priority: 'low' | 'medium' | 'high' | 'critical';
  escalation_required: boolean;
  /** Instead of the recommended or default team. */
  target_team?: string | null;
}

/** Everything that decisions rest on besides their inputs. The first rule that holds counts, and the thresholds where none does. */
export interface DecisionPolicy {
  thresholds: DecisionThresholds;
  rules: readonly DecisionRule[];
}

/** Same policy, same version, whatever the order of the keys. Without rules it is that of the thresholds. */
export function policyVersion({ thresholds, rules }: DecisionPolicy): string {
  if (rules.length === 0) return 'thresholds-' + sha256Hex(JSON.stringify(sorted(thresholds))).slice(0, 12);
  return 'policy-' + sha256Hex(JSON.stringify([sorted(thresholds), rules.map(sorted)])).slice(0, 12);
}

const sorted = (value: object): [string, unknown][] => Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
