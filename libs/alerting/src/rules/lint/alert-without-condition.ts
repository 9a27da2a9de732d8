import { walk } from '../promql/ast';
import { isComparison } from '../promql/type-check';
import { inExpression, type RuleCheck } from './check';
import { metricOf } from './metric-names';

/** An alert fires for each series that its expression answers, whatever the value; without a condition for all there are. */
export const alertWithoutCondition: RuleCheck = {
  name: 'alert-without-condition',
  severity: 'warning',
  find(rule) {
    if (rule.kind !== 'alerting') return [];
    let hasCondition = false;
    walk(rule.expr, (expr) => {
      if (expr.kind === 'binary' && (isComparison(expr.op) || expr.op === 'unless' || expr.op === 'and')) {
        hasCondition = true;
      }
      // These answer only when something is the case.
      if (expr.kind === 'call' && (expr.func.startsWith('absent') || expr.func === 'vector')) hasCondition = true;
      if (expr.kind === 'vector' && metricOf(expr) === 'ALERTS') hasCondition = true;
    });
    if (hasCondition) return [];
    return [inExpression(rule, rule.expr.start, 'fires for every series there is: nothing is compared with anything')];
  },
};
