/** A part of an expression: offsets in UTF-16 units, `end` is after it. */
export interface Span {
  start: number;
  end: number;
}

/** Syntax of PromQL as Prometheus builds it. `depth` counts the levels of the deepest branch. */
export type Expr =
  | NumberLiteral
  | StringLiteral
  | VectorSelector
  | MatrixSelector
  | SubqueryExpr
  | AggregateExpr
  | BinaryExpr
  | CallExpr
  | ParenExpr
  | UnaryExpr;

/** A piece of an expression and where it stands. */
interface Node extends Span {
  depth: number;
}

/** A number, or since 2.54 a duration in its place. */
export interface NumberLiteral extends Node {
  kind: 'number';
  value: number;
}

export interface StringLiteral extends Node {
  kind: 'string';
  value: string;
}

/** `name="value"` in braces. */
export interface LabelMatcher extends Span {
  name: string;
  op: '=' | '!=' | '=~' | '!~';
  value: string;
  /** Whether a series without this label matches. */
  matchesEmpty: boolean;
}

/** `offset` and `@` of a selector or subquery; null where not written. Milliseconds. */
export interface Modifiers {
  offsetMs: number | null;
  at: number | 'start' | 'end' | null;
}

export interface VectorSelector extends Node, Modifiers {
  kind: 'vector';
  /** Name before the braces, null when there is none. */
  name: string | null;
  matchers: LabelMatcher[];
}

export interface MatrixSelector extends Node {
  kind: 'matrix';
  selector: VectorSelector;
  rangeMs: number;
}

export interface SubqueryExpr extends Node, Modifiers {
  kind: 'subquery';
  expr: Expr;
  rangeMs: number;
  /** Null: the server's default. */
  stepMs: number | null;
}

export interface AggregateExpr extends Node {
  kind: 'aggregate';
  op: string;
  opSpan: Span;
  grouping: string[];
  /** How the labels are meant; null when none were listed. */
  by: 'by' | 'without' | null;
  param: Expr | null;
  expr: Expr;
}

export interface BinaryExpr extends Node {
  kind: 'binary';
  op: string;
  opSpan: Span;
  left: Expr;
  right: Expr;
  bool: boolean;
  /** `on` or `ignoring`, null when neither is written. */
  matching: { on: boolean; labels: string[] } | null;
  /** `group_left` or `group_right`, null when neither is written. */
  group: { side: 'left' | 'right'; include: string[] } | null;
}

export interface CallExpr extends Node {
  kind: 'call';
  func: string;
  args: Expr[];
}

export interface ParenExpr extends Node {
  kind: 'paren';
  expr: Expr;
}

export interface UnaryExpr extends Node {
  kind: 'unary';
  op: '+' | '-';
  expr: Expr;
}

/** The expressions directly inside of one. */
export function childrenOf(expr: Expr): Expr[] {
  switch (expr.kind) {
    case 'matrix':
      return [expr.selector];
    case 'subquery':
    case 'paren':
    case 'unary':
      return [expr.expr];
    case 'aggregate':
      return expr.param ? [expr.param, expr.expr] : [expr.expr];
    case 'binary':
      return [expr.left, expr.right];
    case 'call':
      return expr.args;
    case 'number':
    case 'string':
    case 'vector':
      return [];
  }
}

/** Visits an expression and all inside of it, outermost first, with those around each (nearest last). */
export function walk(expr: Expr, visit: (expr: Expr, parents: readonly Expr[]) => void, parents: Expr[] = []): void {
  visit(expr, parents);
  parents.push(expr);
  for (const child of childrenOf(expr)) walk(child, visit, parents);
  parents.pop();
}

/** An expression without parentheses around it. */
export function withoutParens(expr: Expr): Expr {
  return expr.kind === 'paren' ? withoutParens(expr.expr) : expr;
}
