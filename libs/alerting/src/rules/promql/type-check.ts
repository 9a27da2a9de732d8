import {
  walk,
  type AggregateExpr,
  type BinaryExpr,
  type CallExpr,
  type Expr,
  type Span,
  type VectorSelector,
} from './ast';
import { AGGREGATIONS, functionOf, type ValueType } from './functions';
import type { Grammar } from './grammar';
import type { Fault } from './token-reader';

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);
const SETS: ReadonlySet<string> = new Set(['and', 'or', 'unless']);
const NAMES: Readonly<Record<ValueType, string>> = {
  vector: 'an instant vector',
  scalar: 'a number',
  matrix: 'a range of values',
  string: 'a string',
};

/** Whether an operator compares. */
export const isComparison = (op: string): boolean => COMPARISONS.has(op);

/** Whether an operator is one of `and`, `or` and `unless`. */
export const isSetOperator = (op: string): boolean => SETS.has(op);

/** What an expression evaluates to, of well-typed parts. */
export function typeOf(expr: Expr, grammar: Grammar): ValueType {
  switch (expr.kind) {
    case 'number':
      return 'scalar';
    case 'string':
      return 'string';
    case 'vector':
    case 'aggregate':
      return 'vector';
    case 'matrix':
    case 'subquery':
      return 'matrix';
    case 'paren':
    case 'unary':
      return typeOf(expr.expr, grammar);
    case 'call':
      return functionOf(expr.func, grammar)?.returns ?? 'vector';
    case 'binary': {
      const isScalar = typeOf(expr.left, grammar) === 'scalar' && typeOf(expr.right, grammar) === 'scalar';
      return isScalar ? 'scalar' : 'vector';
    }
  }
}

/** Everything that Prometheus refuses in an expression that follows the grammar: types, arguments, selectors. */
export function checkTypes(root: Expr, grammar: Grammar): Fault[] {
  const checker = new TypeChecker(grammar);
  walk(root, (expr) => checker.check(expr));
  return checker.faults;
}

class TypeChecker {
  readonly faults: Fault[] = [];
  private readonly types = new Map<Expr, ValueType>();

  constructor(private readonly grammar: Grammar) {}

  check(expr: Expr): void {
    if (expr.kind === 'aggregate') this.aggregate(expr);
    else if (expr.kind === 'binary') this.binary(expr);
    else if (expr.kind === 'call') this.call(expr);
    else if (expr.kind === 'vector') this.selector(expr);
    else if (expr.kind === 'subquery') this.expect(expr.expr, 'vector', 'a subquery');
    else if (expr.kind === 'unary' && !['scalar', 'vector'].includes(this.type(expr.expr))) {
      this.fault(expr, `a sign cannot stand before ${NAMES[this.type(expr.expr)]}`);
    }
  }

  private type(expr: Expr): ValueType {
    const known = this.types.get(expr);
    if (known) return known;
    const type = typeOf(expr, this.grammar);
    this.types.set(expr, type);
    return type;
  }

  private expect(expr: Expr, wanted: ValueType, where: string): void {
    const found = this.type(expr);
    if (found === wanted) return;
    const fix = wanted === 'matrix' && expr.kind === 'vector' ? { fix: '[5m]' } : {};
    const place = 'fix' in fix ? { start: expr.end, end: expr.end } : expr;
    const detail = `${where} needs ${NAMES[wanted]} here, this is ${NAMES[found]}`;
    this.faults.push({ code: 'type', start: place.start, end: place.end, detail, ...fix });
  }

  private fault({ start, end }: Span, detail: string, fix?: string): void {
    this.faults.push({ code: 'type', start, end, detail, ...(fix === undefined ? {} : { fix }) });
  }

  private aggregate({ op, param, expr }: AggregateExpr): void {
    this.expect(expr, 'vector', `"${op}"`);
    const wanted = AGGREGATIONS.get(op);
    if (param && wanted) this.expect(param, wanted, `the parameter of "${op}"`);
  }

  private binary(expr: BinaryExpr): void {
    const { op, opSpan, matching, group } = expr;
    const [left, right] = [this.type(expr.left), this.type(expr.right)];
    if (expr.bool && !isComparison(op)) this.fault(opSpan, 'bool only goes with comparisons');
    if (isComparison(op) && !expr.bool && left === 'scalar' && right === 'scalar') {
      this.fault(opSpan, 'a comparison of two numbers needs bool', `${op} bool`);
    }
    const both = matching?.on ? matching.labels.find((label) => group?.include.includes(label)) : undefined;
    if (both !== undefined) this.fault(opSpan, `label "${both}" stands in on and in group_${group!.side}`);
    for (const side of [expr.left, expr.right]) {
      const type = this.type(side);
      if (type !== 'scalar' && type !== 'vector') this.fault(side, `"${op}" cannot take ${NAMES[type]}`);
    }
    const vectors = left === 'vector' && right === 'vector';
    if (!vectors && (matching?.labels.length ?? 0) > 0) {
      this.fault(opSpan, 'labels can only be matched between two instant vectors');
    }
    if (vectors && isSetOperator(op) && group) this.fault(opSpan, `"${op}" takes no group_${group.side}`);
    if (isSetOperator(op) && (left === 'scalar' || right === 'scalar')) {
      this.fault(opSpan, `set operator "${op}" cannot take a number`);
    }
  }

  private call({ func: name, args, start, end }: CallExpr): void {
    const func = functionOf(name, this.grammar);
    if (!func) return;
    const least = func.variadic === 0 ? func.args.length : func.args.length - 1;
    const most = func.variadic < 0 ? Infinity : func.variadic === 0 ? least : least + func.variadic;
    if (args.length < least || args.length > most) {
      const wanted = least === most ? String(least) : most === Infinity ? `at least ${least}` : `${least} to ${most}`;
      const detail = `"${name}" takes ${wanted} argument${wanted === '1' ? '' : 's'}, not ${args.length}`;
      this.faults.push({ code: 'arguments', start, end, detail });
    }
    for (const [index, arg] of args.entries()) {
      const isBeyond = index >= func.args.length;
      if (isBeyond && func.variadic === 0) break;
      const wanted = func.args[isBeyond ? func.args.length - 1 : index];
      if (wanted) this.expect(arg, wanted, `"${name}"`);
    }
  }

  /** Without a name, a selector that could match anything would read every series. */
  private selector(selector: VectorSelector): void {
    if (selector.name !== null) {
      const second = selector.matchers.find(({ name }) => name === '__name__');
      if (second) this.fault(second, 'the name of the metric is set twice');
      return;
    }
    if (selector.matchers.every(({ matchesEmpty }) => matchesEmpty)) {
      this.fault(selector, 'a selector needs a name or at least one matcher that does not match the empty string');
    }
  }
}
