import { walk } from '../promql/ast';
import { inExpression, type Finding, type RuleCheck } from './check';

const GONE: Readonly<Record<string, string>> = { holt_winters: 'double_exponential_smoothing' };

/** A function that a later Prometheus does not know any more. */
export const deprecatedFunction: RuleCheck = {
  name: 'deprecated-function',
  severity: 'info',
  find(rule) {
    const found: Finding[] = [];
    walk(rule.expr, (expr) => {
      const successor = expr.kind === 'call' && Object.hasOwn(GONE, expr.func) ? GONE[expr.func] : undefined;
      if (successor === undefined || expr.kind !== 'call') return;
      const message = `${expr.func}() is gone in Prometheus 3; there it is ${successor}(), and experimental`;
      found.push(inExpression(rule, expr.start, message));
    });
    return found;
  },
};
