import { walk, type BinaryExpr } from '../promql/ast';
import { isSetOperator } from '../promql/type-check';
import { inExpression, type Finding, type RuleCheck } from './check';
import { isScalar, labelsAfter, mayHave } from './labels-after';

/** Two sides whose labels can never be the same: the operation answers nothing, ever. */
export const matchingCannotMatch: RuleCheck = {
  name: 'matching-cannot-match',
  severity: 'warning',
  find(rule) {
    const found: Finding[] = [];
    walk(rule.expr, (expr) => {
      if (expr.kind !== 'binary' || isScalar(expr.left) || isScalar(expr.right) || expr.op === 'or') return;
      const label = labelOnOneSide(expr);
      if (label === null) return;
      const message = `the two sides can only match where "${label}" is empty: one side has it, the other has lost it`;
      found.push(inExpression(rule, expr.opSpan.start, message));
    });
    return found;
  },
};

/** A label that takes part in matching and that only one side can have. */
function labelOnOneSide({ op, left, right, matching }: BinaryExpr): string | null {
  const [a, b] = [labelsAfter(left), labelsAfter(right)];
  if (matching?.on) {
    return matching.labels.find((label) => mayHave(a, label) !== mayHave(b, label)) ?? null;
  }
  if (a.isAll || b.isAll || isSetOperator(op)) return null;
  const ignored = new Set(matching?.labels);
  const compared = [...a.labels, ...b.labels].filter((label) => !ignored.has(label));
  return compared.find((label) => mayHave(a, label) !== mayHave(b, label)) ?? null;
}
