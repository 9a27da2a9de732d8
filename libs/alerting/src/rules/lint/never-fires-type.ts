import { inExpression, type RuleCheck } from './check';

/** A rule needs an instant vector or a number; anything else is loaded, and then fails at each evaluation. */
export const neverFiresType: RuleCheck = {
  name: 'never-fires-type',
  severity: 'warning',
  find(rule) {
    if (rule.type !== 'matrix' && rule.type !== 'string') return [];
    const what = rule.type === 'matrix' ? 'a range of values' : 'a string';
    return [inExpression(rule, rule.expr.start, `answers ${what}, so every evaluation of the rule fails`)];
  },
};
