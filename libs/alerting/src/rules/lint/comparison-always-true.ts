import { walk } from '../promql/ast';
import { inExpression, type Finding, type RuleCheck } from './check';
import { boundsOf, constantOf } from './value-bounds';

/** A comparison that holds for every value that its left side can have filters nothing. */
export const comparisonAlwaysTrue: RuleCheck = {
  name: 'comparison-always-true',
  severity: 'warning',
  find(rule) {
    const found: Finding[] = [];
    walk(rule.expr, (expr) => {
      if (expr.kind !== 'binary' || expr.bool) return;
      const limit = constantOf(expr.right);
      const bounds = boundsOf(expr.left);
      // "count(x) > 0" is how people ask whether there is any x.
      if (limit === null || !bounds || bounds.isCount) return;
      const holds =
        (expr.op === '>=' && bounds.least >= limit) ||
        (expr.op === '>' && bounds.least > limit) ||
        (expr.op === '<=' && bounds.most <= limit) ||
        (expr.op === '<' && bounds.most < limit);
      if (holds) found.push(inExpression(rule, expr.opSpan.start, 'this comparison is true for every value'));
    });
    return found;
  },
};
