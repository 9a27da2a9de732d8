import { walk } from '../promql/ast';
import { inExpression, type Finding, type RuleCheck } from './check';

/** A negative offset asks for samples that do not exist yet when the rule is evaluated. */
export const looksAhead: RuleCheck = {
  name: 'looks-ahead',
  severity: 'warning',
  find(rule) {
    const found: Finding[] = [];
    walk(rule.expr, (expr) => {
      if ((expr.kind !== 'vector' && expr.kind !== 'subquery') || (expr.offsetMs ?? 0) >= 0) return;
      found.push(inExpression(rule, expr.start, 'a negative offset looks into the future, where there are no samples'));
    });
    return found;
  },
};
