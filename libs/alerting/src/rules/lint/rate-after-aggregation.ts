import { walk, withoutParens } from '../promql/ast';
import { inExpression, type Finding, type RuleCheck } from './check';

const COUNTER_FUNCTIONS: ReadonlySet<string> = new Set(['rate', 'irate', 'increase']);

/** A sum of counters falls when one of them restarts, and `rate` takes that for a restart of all. */
export const rateAfterAggregation: RuleCheck = {
  name: 'rate-after-aggregation',
  severity: 'warning',
  find(rule) {
    const found: Finding[] = [];
    walk(rule.expr, (expr) => {
      if (expr.kind !== 'call' || !COUNTER_FUNCTIONS.has(expr.func)) return;
      const range = expr.args[0];
      const inner = range?.kind === 'subquery' ? withoutParens(range.expr) : null;
      if (inner?.kind !== 'aggregate' || inner.op !== 'sum') return;
      const message = `${expr.func}() of a sum sees restarts that are none; sum the ${expr.func}() instead`;
      found.push(inExpression(rule, expr.start, message));
    });
    return found;
  },
};
