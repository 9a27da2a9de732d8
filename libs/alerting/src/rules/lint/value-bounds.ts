import { withoutParens, type Expr } from '../promql/ast';

/** The least and the most that an expression can be. */
interface Bounds {
  least: number;
  most: number;
  /** It counts series, and says nothing where there are none. */
  isCount?: boolean;
}

/** The number that an expression is, null when it is not written as one. */
export function constantOf(expr: Expr): number | null {
  const inner = withoutParens(expr);
  if (inner.kind === 'number') return inner.value;
  const value = inner.kind === 'unary' ? constantOf(inner.expr) : null;
  return value !== null && inner.kind === 'unary' && inner.op === '-' ? -value : value;
}

/** Within which limits the values of an expression are, where its form alone tells. */
export function boundsOf(expr: Expr): Bounds | null {
  const inner = withoutParens(expr);
  if (inner.kind === 'aggregate') {
    if (inner.op === 'count') return { least: 1, most: Infinity, isCount: true };
    if (inner.op === 'group') return { least: 1, most: 1 };
    if (['sum', 'avg', 'min', 'max', 'topk', 'bottomk'].includes(inner.op)) {
      const bounds = boundsOf(inner.expr);
      return bounds && inner.op !== 'sum' ? bounds : bounds && bounds.least >= 0 ? { least: 0, most: Infinity } : null;
    }
    return inner.op.startsWith('std') ? { least: 0, most: Infinity } : null;
  }
  if (inner.kind === 'vector' && inner.name === 'up') return { least: 0, most: 1 };
  if (inner.kind !== 'call') return null;
  if (['absent', 'absent_over_time', 'present_over_time'].includes(inner.func)) return { least: 1, most: 1 };
  if (inner.func === 'count_over_time') return { least: 1, most: Infinity, isCount: true };
  if (['rate', 'irate', 'increase', 'changes', 'resets', 'abs', 'sqrt'].includes(inner.func)) {
    return { least: 0, most: Infinity };
  }
  if (inner.func === 'vector') {
    const value = inner.args[0] ? constantOf(inner.args[0]) : null;
    return value === null ? null : { least: value, most: value };
  }
  return null;
}
