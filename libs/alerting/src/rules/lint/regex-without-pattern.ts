import { walk } from '../promql/ast';
import { inExpression, type Finding, type RuleCheck } from './check';

const PATTERN = /[\\.+*?()|[\]{}^$]/;

/** A regular expression without any pattern in it is a slower way to write `=` or `!=`. */
export const regexWithoutPattern: RuleCheck = {
  name: 'regex-without-pattern',
  severity: 'info',
  find(rule) {
    const found: Finding[] = [];
    walk(rule.expr, (expr) => {
      if (expr.kind !== 'vector') return;
      for (const { name, op, value, start } of expr.matchers) {
        if ((op !== '=~' && op !== '!~') || value === '' || PATTERN.test(value)) continue;
        const plain = op === '=~' ? '=' : '!=';
        const message = `the value of "${name}" is no pattern; ${plain} asks for the same`;
        found.push(inExpression(rule, start, message, `${name}${plain}${JSON.stringify(value)}`));
      }
    });
    return found;
  },
};
