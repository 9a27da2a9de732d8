import { walk } from '../promql/ast';
import { inExpression, type Finding, type RuleCheck } from './check';

/** A selector without the name of a metric reads every metric of the targets. */
export const selectorWithoutName: RuleCheck = {
  name: 'selector-without-name',
  severity: 'warning',
  find(rule) {
    const found: Finding[] = [];
    walk(rule.expr, (expr) => {
      if (expr.kind !== 'vector' || expr.name !== null) return;
      const named = expr.matchers.find(({ name, op }) => name === '__name__' && (op === '=' || op === '=~'));
      const isWide = named?.op === '=~' && /^\.[*+]/.test(named.value);
      if (named && !isWide) return;
      found.push(inExpression(rule, expr.start, 'names no metric, so it reads all metrics that match'));
    });
    return found;
  },
};
