import { walk } from '../promql/ast';
import { inExpression, type Finding, type RuleCheck } from './check';

/** With `@` and a fixed time a rule looks at the same samples for ever. */
export const fixedTime: RuleCheck = {
  name: 'fixed-time',
  severity: 'warning',
  find(rule) {
    const found: Finding[] = [];
    walk(rule.expr, (expr) => {
      if ((expr.kind !== 'vector' && expr.kind !== 'subquery') || typeof expr.at !== 'number') return;
      found.push(inExpression(rule, expr.start, 'with @ and a fixed time it looks at the same samples for ever'));
    });
    return found;
  },
};
