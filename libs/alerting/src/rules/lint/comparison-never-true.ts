import { walk } from '../promql/ast';
import { inExpression, type Finding, type RuleCheck } from './check';
import { boundsOf, constantOf } from './value-bounds';

/** A comparison that holds for no value that its left side can have: the rule never answers anything. */
export const comparisonNeverTrue: RuleCheck = {
  name: 'comparison-never-true',
  severity: 'warning',
  find(rule) {
    const found: Finding[] = [];
    walk(rule.expr, (expr) => {
      if (expr.kind !== 'binary' || expr.bool) return;
      const limit = constantOf(expr.right);
      const bounds = boundsOf(expr.left);
      if (limit === null || !bounds) return;
      const fails =
        (expr.op === '>' && bounds.most <= limit) ||
        (expr.op === '>=' && bounds.most < limit) ||
        (expr.op === '<' && bounds.least >= limit) ||
        (expr.op === '<=' && bounds.least > limit) ||
        (expr.op === '==' && (bounds.least > limit || bounds.most < limit));
      if (!fails) return;
      const hint = bounds.isCount ? ': count() of nothing answers nothing, not 0; absent() asks for that' : '';
      found.push(inExpression(rule, expr.opSpan.start, `this comparison is true for no value${hint}`));
    });
    return found;
  },
};
