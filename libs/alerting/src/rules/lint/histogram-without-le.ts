import { walk } from '../promql/ast';
import { inExpression, type Finding, type RuleCheck } from './check';
import { labelsAfter, mayHave } from './labels-after';
import { metricOf } from './metric-names';

/** Classic histograms keep their buckets apart by `le`; without it there is nothing to take a quantile of. */
export const histogramWithoutLe: RuleCheck = {
  name: 'histogram-without-le',
  severity: 'warning',
  find(rule) {
    const found: Finding[] = [];
    walk(rule.expr, (expr) => {
      const vector = expr.kind === 'call' && expr.func === 'histogram_quantile' ? expr.args[1] : undefined;
      if (!vector || mayHave(labelsAfter(vector), 'le')) return;
      let readsBuckets = false;
      walk(vector, (inner) => {
        if (inner.kind === 'vector' && metricOf(inner)?.endsWith('_bucket')) readsBuckets = true;
      });
      // Native histograms have no buckets of their own and no "le".
      if (!readsBuckets) return;
      found.push(inExpression(rule, vector.start, 'the buckets are aggregated without "le"; add it to by (…)'));
    });
    return found;
  },
};
