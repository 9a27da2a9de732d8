import { parseDuration } from '../../durations';
import type { Expr } from '../promql/ast';
import type { Grammar } from '../promql/grammar';
import type { ValueType } from '../promql/functions';
import type { CheckedRule, Pair, RuleContentToCheck } from '../validate/check-rule-content';
import type { PlacedText } from '../validate/problem';

/** A rule that Prometheus would load, as the checks of habits see it. */
export interface RuleSubject {
  kind: 'alerting' | 'recording';
  /** Name of the alert, or of the series that is written. */
  name: PlacedText;
  group: string;
  expr: Expr;
  type: ValueType;
  /** The text that `expr` was read from, for places. */
  expression: PlacedText;
  for: PlacedText | null;
  /** Milliseconds of `for`, 0 without one. */
  forMs: number;
  /** Interval of its group in milliseconds; null when the server's default applies. */
  intervalMs: number | null;
  labels: readonly Pair[];
  annotations: readonly Pair[];
  templates: CheckedRule['templates'];
  grammar: Grammar;
  /** Checks that are not to be reported for this rule, with the reasons given. */
  suppressed: ReadonlyMap<string, string>;
}

/** The annotation in which a rule says which checks do not apply to it: `check: reason`, more after a semicolon or line end. */
export const SUPPRESSING_ANNOTATION = 'suppress_checks';
/** The same as a comment inside of an expression, for rules without annotations. */
const SUPPRESSING_COMMENT = /#[ \t]*suppress[ \t]+([a-z0-9-]+)[ \t]*:[ \t]*([^\r\n]*)/g;

/** What the checks look at; null when the rule is one that Prometheus refuses. */
export function subjectOf({
  rule,
  checked,
  grammar,
  group,
  interval,
}: {
  rule: RuleContentToCheck;
  checked: CheckedRule;
  grammar: Grammar;
  group: string;
  interval: string | null;
}): RuleSubject | null {
  const name = rule.alert?.text ? rule.alert : rule.record;
  if (!name || !rule.expr || !checked.expr || !checked.type) return null;
  const intervalMs = interval === null ? null : parseDuration(interval);
  return {
    kind: rule.alert?.text ? 'alerting' : 'recording',
    name,
    group,
    expr: checked.expr,
    type: checked.type,
    expression: rule.expr,
    for: rule.for,
    forMs: rule.for ? (parseDuration(rule.for.text) ?? 0) : 0,
    intervalMs: intervalMs === 0 ? null : intervalMs,
    labels: rule.labels,
    annotations: rule.annotations,
    templates: checked.templates,
    grammar,
    suppressed: suppressionsOf(rule),
  };
}

function suppressionsOf({ annotations, expr }: RuleContentToCheck): Map<string, string> {
  const found = new Map<string, string>();
  const written = annotations.find(({ name }) => name.text === SUPPRESSING_ANNOTATION)?.value.text ?? '';
  for (const part of written.split(/[;\n]/)) {
    const [, check, reason] = /^\s*([a-z0-9-]+)\s*:\s*(.*\S)\s*$/.exec(part) ?? [];
    if (check && reason) found.set(check, reason);
  }
  for (const [, check, reason] of (expr?.text ?? '').matchAll(SUPPRESSING_COMMENT)) {
    if (check && reason?.trim()) found.set(check, reason.trim());
  }
  return found;
}

/** The value of an annotation or label, null when the rule has none of that name. */
export function valueOf(pairs: readonly Pair[], name: string): PlacedText | null {
  return pairs.find((pair) => pair.name.text === name)?.value ?? null;
}
