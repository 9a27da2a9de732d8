import { withoutParens, type Expr, type VectorSelector } from '../promql/ast';

/** The selectors that an expression reads directly: through parentheses, ranges and subqueries. */
export function selectorOf(expr: Expr | undefined): VectorSelector | null {
  if (!expr) return null;
  const inner = withoutParens(expr);
  if (inner.kind === 'vector') return inner;
  if (inner.kind === 'matrix') return inner.selector;
  return inner.kind === 'subquery' ? selectorOf(inner.expr) : null;
}

/** The name of the metric that a selector asks for, null when it names none. */
export function metricOf({ name, matchers }: VectorSelector): string | null {
  return name ?? matchers.find((matcher) => matcher.name === '__name__' && matcher.op === '=')?.value ?? null;
}
