import { walk } from '../promql/ast';
import { inExpression, type Finding, type RuleCheck } from './check';
import { metricOf, selectorOf } from './metric-names';

const COUNTER_FUNCTIONS: ReadonlySet<string> = new Set(['rate', 'irate', 'increase', 'resets']);
/** Endings that only gauges have by the naming rules of the field. */
const GAUGE =
  /(?:_ratio|_percent|_percentage|_celsius|_info|_current|_usage|_utilization|_timestamp_seconds|_(?:free|available|avail|used|limit|capacity|size)(?:_bytes)?|^up|:(?:avg|ratio|rate\d+[smh]))$/;

/** A gauge goes down for good reasons, and each time `rate` takes it for a restart of a counter. */
export const rateOnGauge: RuleCheck = {
  name: 'rate-on-gauge',
  severity: 'warning',
  find(rule) {
    const found: Finding[] = [];
    walk(rule.expr, (expr) => {
      if (expr.kind !== 'call' || !COUNTER_FUNCTIONS.has(expr.func)) return;
      const selector = selectorOf(expr.args[0]);
      const metric = selector && metricOf(selector);
      if (!selector || !metric || !GAUGE.test(metric)) return;
      const message = `${expr.func}() is for counters, and "${metric}" is named like a gauge; deriv() or delta() suit one`;
      found.push(inExpression(rule, selector.start, message));
    });
    return found;
  },
};
