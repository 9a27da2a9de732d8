import { walk } from '../promql/ast';
import { inExpression, type Finding, type RuleCheck } from './check';

/** As many points as a range query may have at most. */
const MOST_POINTS = 11_000;
/** The server's default interval, where the subquery names no step. */
const DEFAULT_STEP_MS = 60_000;

/** A subquery that evaluates its inside thousands of times at each evaluation of the rule. */
export const subqueryTooFine: RuleCheck = {
  name: 'subquery-too-fine',
  severity: 'warning',
  find(rule) {
    const found: Finding[] = [];
    walk(rule.expr, (expr) => {
      if (expr.kind !== 'subquery') return;
      const points = Math.ceil(expr.rangeMs / (expr.stepMs ?? rule.intervalMs ?? DEFAULT_STEP_MS));
      if (points <= MOST_POINTS) return;
      found.push(inExpression(rule, expr.expr.end, `evaluates its inside ${points} times each time`));
    });
    return found;
  },
};
