import type { RuleEvaluator } from './alert-states';
import type { EvaluationTimes } from './evaluation-times';

/** Prometheus refuses a range query with more points per series. */
export const MOST_POINTS = 11_000;

/** The `step` that vmalert sends with each of its queries (`-datasource.queryStep`). VictoriaMetrics looks back that far. */
const VMALERT_STEP_MS = 5 * 60_000;

/** One range query; epoch milliseconds. */
export interface RangeQuery {
  start: number;
  end: number;
  stepMs: number;
}

/**
 * The range queries that together ask for the evaluations `index` to `index + count - 1`. To Prometheus one is enough. How far
 * VictoriaMetrics looks back depends on the step, so that the evaluations of vmalert are those of several queries of its step, each a
 * little later than the one before.
 */
export function rangeQueries(
  times: EvaluationTimes,
  { index, count }: { index: number; count: number },
  evaluator: RuleEvaluator,
): RangeQuery[] {
  const { intervalMs } = times;
  const strands = Math.min(count, evaluator === 'vmalert' ? Math.ceil(VMALERT_STEP_MS / intervalMs) : 1);
  const stepMs = intervalMs * (evaluator === 'vmalert' ? Math.ceil(VMALERT_STEP_MS / intervalMs) : 1);
  return Array.from({ length: strands }, (_, strand) => {
    const start = times.first + (index + strand) * intervalMs;
    const steps = Math.floor((count - 1 - strand) / Math.max(1, stepMs / intervalMs));
    return { start, end: start + steps * stepMs, stepMs };
  });
}
