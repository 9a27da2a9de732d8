import { walk } from '../promql/ast';
import { atName, type RuleCheck } from './check';

/** Functions that look at a period themselves, so that one bad sample alone does not fire the alert. */
const LOOKS_BACK = /(?:_over_time|^rate|^increase|^delta|^deriv|^changes|^resets|^predict_linear|^absent)$/;

/** An alert that fires at the first evaluation, on a single sample. */
export const missingFor: RuleCheck = {
  name: 'missing-for',
  severity: 'warning',
  find(rule) {
    if (rule.kind !== 'alerting' || rule.forMs > 0) return [];
    let looksBack = false;
    walk(rule.expr, (expr) => {
      if (expr.kind === 'call' && LOOKS_BACK.test(expr.func)) looksBack = true;
      if (expr.kind === 'subquery') looksBack = true;
    });
    return looksBack ? [] : [atName(rule, 'fires on a single sample: it has no "for" and looks at no period')];
  },
};
