import { walk } from '../promql/ast';
import { inExpression, type Finding, type RuleCheck } from './check';

/** `absent()` is true as well in the moment in which a target restarts or is scraped late. */
export const absentWithoutFor: RuleCheck = {
  name: 'absent-without-for',
  severity: 'warning',
  find(rule) {
    if (rule.kind !== 'alerting' || rule.forMs > 0) return [];
    const found: Finding[] = [];
    walk(rule.expr, (expr) => {
      if (expr.kind !== 'call' || expr.func !== 'absent') return;
      found.push(inExpression(rule, expr.start, 'absent() without "for" fires whenever a scrape is late'));
    });
    return found;
  },
};
