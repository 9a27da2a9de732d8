import { formatDuration } from '../../durations';
import { walk } from '../promql/ast';
import { inExpression, type Finding, type RuleCheck } from './check';

const NEEDS_TWO: ReadonlySet<string> = new Set(['rate', 'irate', 'increase', 'delta', 'idelta', 'deriv']);
/** Twice a scrape interval of 15 seconds; no rule says which interval its targets have. */
const LEAST_MS = 30_000;

/** A range in which fewer than two samples may fall, so that the function has nothing to answer. */
export const rateRangeTooShort: RuleCheck = {
  name: 'rate-range-too-short',
  severity: 'warning',
  find(rule) {
    const found: Finding[] = [];
    walk(rule.expr, (expr) => {
      if (expr.kind !== 'call' || !NEEDS_TWO.has(expr.func)) return;
      const range = expr.args[0];
      if (range?.kind !== 'matrix' || range.rangeMs >= LEAST_MS) return;
      const message = `${expr.func}() over ${formatDuration(Math.max(range.rangeMs, 0))} may see fewer than two samples`;
      found.push(inExpression(rule, range.selector.end, message, '[2m]'));
    });
    return found;
  },
};
