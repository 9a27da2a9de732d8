import { walk } from '../promql/ast';
import { inExpression, type Finding, type RuleCheck } from './check';

/** A matcher that lets everything through does nothing but cost time, and `!~` of it lets nothing through. */
export const regexMatchesAll: RuleCheck = {
  name: 'regex-matches-all',
  severity: 'warning',
  find(rule) {
    const found: Finding[] = [];
    walk(rule.expr, (expr) => {
      if (expr.kind !== 'vector') return;
      for (const { name, op, value, start } of expr.matchers) {
        if (!/^\(?(?:\.\*)+\)?$/.test(value) || (op !== '=~' && op !== '!~')) continue;
        const message =
          op === '=~' ? `${name}=~"${value}" matches every series` : `${name}!~"${value}" matches no series`;
        found.push(inExpression(rule, start, message));
      }
    });
    return found;
  },
};
