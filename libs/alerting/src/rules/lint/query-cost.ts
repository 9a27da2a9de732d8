import { walk, type Expr, type SubqueryExpr } from '../promql/ast';
import { inExpression } from './check';
import type { LiveCheck } from './live-check';
import type { RuleSubject } from './subject';

/** What servers take when a subquery names no step. */
const DEFAULT_STEP_MS = 60_000;

export const queryCost: LiveCheck = {
  name: 'query-cost',
  severity: 'warning',
  async findOn(rule, source, budget) {
    if (budget.series === 0 && budget.samples === 0) return [];
    let [series, samples] = [0, 0];
    for (const [selection, { isRange, times }] of selections(rule)) {
      const found = await source.value(isRange ? `count(count_over_time(${selection}))` : `count(${selection})`);
      series += found;
      // To count the samples reads them all: not when the series are too many already.
      const isOver = budget.series > 0 && series > budget.series;
      const read = isRange && found > 0 && !isOver ? await source.value(`sum(count_over_time(${selection}))`) : found;
      samples += read * times;
    }
    const over = (what: string, read: number, most: number): string[] =>
      most > 0 && read > most ? [`one evaluation reads ${read} ${what} there, and may read ${most}`] : [];
    const [message] = [...over('series', series, budget.series), ...over('samples', samples, budget.samples)];
    return message === undefined ? [] : [inExpression(rule, 0, message)];
  },
};

/** Selectors as written, with their range, `offset` and `@`, each once; and how many times each is read, because of subqueries around it. */
function selections({ expr, expression }: RuleSubject): Map<string, { isRange: boolean; times: number }> {
  const found = new Map<string, { isRange: boolean; times: number }>();
  walk(expr, (each, parents) => {
    const isRange = each.kind === 'matrix';
    if (!isRange && (each.kind !== 'vector' || parents.at(-1)?.kind === 'matrix')) return;
    const text = expression.text.slice(each.start, each.end);
    const times = parents.filter(isSubquery).reduce((product, around) => product * stepsOf(around), 1);
    found.set(text, { isRange, times: Math.max(times, found.get(text)?.times ?? 0) });
  });
  return found;
}

const isSubquery = (expr: Expr): expr is SubqueryExpr => expr.kind === 'subquery';

const stepsOf = ({ rangeMs, stepMs }: SubqueryExpr): number => Math.ceil(rangeMs / (stepMs || DEFAULT_STEP_MS));
