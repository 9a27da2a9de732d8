import { severityRank } from '../../pipeline/severity-rank';
import { withoutParens, type BinaryExpr } from '../promql/ast';
import type { RulesCheck } from './check';
import { valueOf, type RuleSubject } from './subject';
import { constantOf } from './value-bounds';

/** A lower severity with a stricter limit than a higher one of the same alert: nobody ever sees the lower one alone. */
export const unreachableSeverity: RulesCheck = {
  name: 'unreachable-severity',
  severity: 'warning',
  findAmong(rules) {
    const limits = rules.flatMap((rule) => limitOf(rule) ?? []);
    const byName = new Map<string, Limit[]>();
    for (const limit of limits) byName.set(limit.key, [...(byName.get(limit.key) ?? []), limit]);
    return [...byName.values()].flatMap((same) =>
      same.flatMap((low) => {
        const high = same.find((other) => other.rank > low.rank && isReachedFirst(other, low));
        if (!high) return [];
        const message = `is never alone: "${high.severity}" of the same alert is reached no later than "${low.severity}"`;
        return [{ rule: low.rule, message, text: low.rule.expression, at: low.at }];
      }),
    );
  },
};

interface Limit {
  rule: RuleSubject;
  key: string;
  severity: string;
  rank: number;
  isUpper: boolean;
  value: number;
  at: number;
}

function limitOf(rule: RuleSubject): Limit | null {
  const expr = withoutParens(rule.expr);
  const severity = valueOf(rule.labels, 'severity')?.text;
  if (rule.kind !== 'alerting' || expr.kind !== 'binary' || severity === undefined) return null;
  const value = constantOf(expr.right);
  const isUpper = expr.op.startsWith('>');
  if (value === null || (!isUpper && !expr.op.startsWith('<'))) return null;
  const left = textOf(rule, expr);
  const key = JSON.stringify([rule.name.text, left, isUpper]);
  return { rule, key, severity, rank: severityRank(severity), isUpper, value, at: expr.opSpan.start };
}

function textOf({ expression }: RuleSubject, { left }: BinaryExpr): string {
  return expression.text.slice(left.start, left.end).replace(/\s+/g, ' ');
}

/** Whether one fires whenever the other does, and no later. */
function isReachedFirst(one: Limit, other: Limit): boolean {
  const isLooser = one.isUpper ? one.value <= other.value : one.value >= other.value;
  return isLooser && one.rule.forMs <= other.rule.forMs;
}
