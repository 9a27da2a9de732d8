import { withoutParens, type AggregateExpr, type BinaryExpr, type CallExpr, type Expr } from '../promql/ast';
import { isSetOperator } from '../promql/type-check';

/** The labels that results of an expression may have: all but some, or only some. */
export interface LabelSet {
  isAll: boolean;
  /** With `isAll` those that are surely gone, without it those that may be there. */
  labels: ReadonlySet<string>;
}

const ANY: LabelSet = { isAll: true, labels: new Set() };
const NONE: LabelSet = { isAll: false, labels: new Set() };
/** Aggregations that pick series and keep them as they are. */
const PICKS: ReadonlySet<string> = new Set(['topk', 'bottomk', 'limitk', 'limit_ratio']);

/** Whether a result can have this label. */
export const mayHave = ({ isAll, labels }: LabelSet, name: string): boolean => labels.has(name) !== isAll;

/** Which labels can be left after an expression. The name of the metric is not followed. */
export function labelsAfter(expr: Expr): LabelSet {
  switch (expr.kind) {
    case 'vector':
      return ANY;
    case 'matrix':
      return labelsAfter(expr.selector);
    case 'subquery':
    case 'paren':
    case 'unary':
      return labelsAfter(expr.expr);
    case 'aggregate':
      return afterAggregation(expr);
    case 'call':
      return afterCall(expr);
    case 'binary':
      return afterBinary(expr);
    case 'number':
    case 'string':
      return NONE;
  }
}

function afterAggregation({ op, by, grouping, expr, param }: AggregateExpr): LabelSet {
  const inner = labelsAfter(expr);
  if (PICKS.has(op)) return inner;
  const kept =
    by === 'without'
      ? without(inner, grouping)
      : { isAll: false, labels: new Set(grouping.filter((label) => mayHave(inner, label))) };
  return op === 'count_values' && param?.kind === 'string' ? withLabel(kept, param.value) : kept;
}

function afterCall({ func, args }: CallExpr): LabelSet {
  const vector = args.find((arg) => arg.kind !== 'number' && arg.kind !== 'string');
  if (func.startsWith('absent')) return { isAll: false, labels: new Set(equalities(args[0])) };
  if (func === 'vector' || func === 'scalar' || !vector) return NONE;
  const inner = labelsAfter(vector);
  if (func === 'histogram_quantile') return without(inner, ['le']);
  const target = args[1];
  const setsLabel = (func === 'label_replace' || func === 'label_join') && target?.kind === 'string';
  return setsLabel ? withLabel(inner, target.value) : inner;
}

/** `absent` answers with the labels that its selector asks for by equality. */
function equalities(arg: Expr | undefined): string[] {
  const selector = arg && withoutParens(arg);
  const vector = selector?.kind === 'matrix' ? selector.selector : selector;
  if (vector?.kind !== 'vector') return [];
  return vector.matchers.filter(({ op }) => op === '=').map(({ name }) => name);
}

function afterBinary({ op, left, right, matching, group }: BinaryExpr): LabelSet {
  const [a, b] = [labelsAfter(left), labelsAfter(right)];
  if (isScalar(left)) return b;
  if (isScalar(right)) return a;
  if (op === 'or') return union(a, b);
  if (isSetOperator(op)) return a;
  if (group) {
    const many = group.side === 'left' ? a : b;
    return group.include.reduce(withLabel, many);
  }
  if (matching?.on) return { isAll: false, labels: new Set(matching.labels.filter((label) => mayHave(a, label))) };
  return matching ? without(a, matching.labels) : intersection(a, b);
}

/** Whether an expression is a number, as far as its form tells. */
export function isScalar(expr: Expr): boolean {
  const inner = withoutParens(expr);
  if (inner.kind === 'number') return true;
  if (inner.kind === 'unary') return isScalar(inner.expr);
  if (inner.kind === 'binary') return isScalar(inner.left) && isScalar(inner.right);
  return inner.kind === 'call' && ['scalar', 'time', 'pi'].includes(inner.func);
}

function without({ isAll, labels }: LabelSet, names: readonly string[]): LabelSet {
  if (isAll) return { isAll, labels: new Set([...labels, ...names]) };
  return { isAll, labels: new Set([...labels].filter((label) => !names.includes(label))) };
}

function withLabel({ isAll, labels }: LabelSet, name: string): LabelSet {
  if (!isAll) return { isAll, labels: new Set([...labels, name]) };
  return { isAll, labels: new Set([...labels].filter((label) => label !== name)) };
}

function union(a: LabelSet, b: LabelSet): LabelSet {
  if (!a.isAll && !b.isAll) return { isAll: false, labels: new Set([...a.labels, ...b.labels]) };
  if (a.isAll) return { isAll: true, labels: new Set([...a.labels].filter((label) => !mayHave(b, label))) };
  return union(b, a);
}

function intersection(a: LabelSet, b: LabelSet): LabelSet {
  if (a.isAll && b.isAll) return { isAll: true, labels: new Set([...a.labels, ...b.labels]) };
  const [only, other] = a.isAll ? [b, a] : [a, b];
  return { isAll: false, labels: new Set([...only.labels].filter((label) => mayHave(other, label))) };
}
