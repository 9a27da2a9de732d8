import { parseDuration } from '../durations';
import { excerpt, pointerTo, type FieldProblem } from '../problems';
import type { NormalisedAlert } from '../webhook/normalised-alert';
import { compileCondition, type Condition } from './cel';

/** A rule of the configuration that keeps firing alerts from opening incidents. */
export interface SuppressionRule {
  name: string;
  /** CEL over the alert, such as `labels.maintenance == 'true'`. */
  condition: string;
  /** For how long after its start an alert is suppressed (Prometheus duration); as long as it fires when unset. */
  duration?: string | null;
}

/** A suppression rule whose condition has been checked and compiled. */
export interface CompiledSuppression {
  name: string;
  condition: string;
  /** Null means without end. */
  duration_ms: number | null;
  evaluate: Condition;
}

const LONGEST_CONDITION = 2000;

/**
 * Compiles all rules, or answers every problem of every rule, with pointers into the list. An empty list is compiled;
 * {@link isCompiled} tells the two answers apart.
 */
export function compileSuppression(rules: SuppressionRule[]): FieldProblem[] | CompiledSuppression[] {
  const problems: FieldProblem[] = [];
  const compiled: CompiledSuppression[] = [];
  for (const [index, rule] of rules.entries()) {
    const duration_ms = rule.duration === undefined || rule.duration === null ? null : parseDuration(rule.duration);
    if (typeof rule.duration === 'string' && duration_ms === null) {
      const detail = `"${excerpt(rule.duration)}" is not a duration such as 2h`;
      problems.push({ pointer: pointerTo(index, 'duration'), code: 'bad_duration', detail });
    }
    const evaluate = compileOrExplain(rule.condition);
    if (typeof evaluate === 'string') {
      problems.push({ pointer: pointerTo(index, 'condition'), code: 'bad_condition', detail: evaluate });
    } else {
      compiled.push({ name: rule.name, condition: rule.condition, duration_ms, evaluate });
    }
  }
  return problems.length > 0 ? problems : compiled;
}

/** Tells the two answers of {@link compileSuppression} apart. */
export function isCompiled(result: FieldProblem[] | CompiledSuppression[]): result is CompiledSuppression[] {
  return result.every((entry) => 'evaluate' in entry);
}

/**
 * The first rule that suppresses this alert at this moment, or null. A resolved alert is never suppressed: its
 * incident would stay open for ever. A condition that cannot be decided, because a label it reads is missing,
 * does not suppress: hiding an alert needs a reason.
 */
export function matchSuppression(
  rules: CompiledSuppression[],
  alert: NormalisedAlert,
  at_ms: number,
): { name: string; why: string } | null {
  if (alert.status === 'resolved') return null;
  const values = {
    labels: alert.labels,
    annotations: alert.annotations,
    name: alert.name,
    severity: alert.severity ?? '',
    cluster: alert.cluster_id,
  };
  for (const rule of rules) {
    if (rule.duration_ms !== null && at_ms - alert.starts_at_ms > rule.duration_ms) continue;
    if (holds(rule.evaluate, values)) {
      return { name: rule.name, why: `suppressed by "${excerpt(rule.name)}": ${excerpt(rule.condition)}` };
    }
  }
  return null;
}

function holds(evaluate: Condition, values: Record<string, unknown>): boolean {
  try {
    return evaluate(values) === true;
  } catch {
    return false;
  }
}

function compileOrExplain(condition: string): Condition | string {
  if (condition.length > LONGEST_CONDITION) return `must not be longer than ${LONGEST_CONDITION} characters`;
  try {
    return compileCondition(condition);
  } catch (error) {
    const message = error instanceof Error ? error.message.split('\n')[0]! : 'not valid';
    return message.length > 160 ? message.slice(0, 160) + '…' : message;
  }
}
