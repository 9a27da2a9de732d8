import { withoutParens } from '../promql/ast';
import { inExpression, type RuleCheck } from './check';

/** With `bool` a comparison answers 0 or 1, and an alert fires on either. */
export const boolAlwaysFires: RuleCheck = {
  name: 'bool-always-fires',
  severity: 'warning',
  find(rule) {
    const expr = withoutParens(rule.expr);
    if (rule.kind !== 'alerting' || expr.kind !== 'binary' || !expr.bool) return [];
    const message = 'with bool it answers 0 or 1, and the alert fires on both; leave bool out';
    return [inExpression(rule, expr.opSpan.start, message, expr.op)];
  },
};
