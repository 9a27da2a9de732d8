import type { SyntaxNode } from '@lezer/common';
import { parseDuration } from '../../durations';
import { unquotePromqlString } from '../promql-string';
import { promqlTools } from '../promql-tools';

/** A place in the syntax tree of an expression, with the text it was read from. */
export interface PromqlNode {
  readonly kind: string;
  readonly text: string;
  readonly from: number;
  readonly children: readonly PromqlNode[];
}

/** The nodes without which a binary operation is an operator between two operands. */
const BETWEEN_OPERANDS: ReadonlySet<string> = new Set(['BoolModifier', 'MatchingModifierClause']);
/** Nodes deeper than this are compared by their text: the comparison recurses. */
const DEEPEST = 250;
/** A parameter stands where a number or a duration would, outside of strings; digits of the same length keep every offset. */
const PARAMETER = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|\$\{[A-Za-z0-9_]+\}/g;

/** The syntax tree of an expression, parentheses and comments left out; null when it does not follow the grammar. */
export function parsePromql(expression: string): PromqlNode | null {
  const parsable = expression.replace(PARAMETER, (part) => (part.startsWith('$') ? '1'.repeat(part.length) : part));
  const top = promqlTools().parser.parse(parsable).topNode;
  let isBroken = false;
  const read = (node: SyntaxNode, depth: number): PromqlNode => {
    if (node.type.isError || depth > DEEPEST) isBroken = true;
    const children: PromqlNode[] = [];
    for (let child = isBroken ? null : node.firstChild; child; child = child.nextSibling) {
      if (child.name !== 'LineComment') children.push(read(child, depth + 1));
    }
    const isParenthesis = node.name === 'ParenExpr' && children.length === 1;
    const text = expression.slice(node.from, node.to);
    return isParenthesis ? children[0]! : { kind: node.name, text, from: node.from, children };
  };
  const root = read(top, 0);
  return isBroken || root.children.length !== 1 ? null : root.children[0]!;
}

export const child = (node: PromqlNode, kind: string): PromqlNode | undefined =>
  node.children.find((each) => each.kind === kind);

/** A number, or a number with a sign. */
export const isNumber = (node: PromqlNode): boolean =>
  node.kind === 'NumberDurationLiteral' ||
  (node.kind === 'UnaryExpr' && node.children.at(-1)!.kind === 'NumberDurationLiteral');

export interface BinaryOperation {
  left: PromqlNode;
  operator: string;
  /** `bool`, `on (…)`, `group_left (…)` as written; empty without any. */
  modifiers: string;
  right: PromqlNode;
}

export function binaryOperation(node: PromqlNode): BinaryOperation {
  const between = node.children.slice(1, -1);
  return {
    left: node.children[0]!,
    operator: between.find(({ kind }) => !BETWEEN_OPERANDS.has(kind))!.text.toLowerCase(),
    modifiers: between
      .filter(({ kind }) => BETWEEN_OPERANDS.has(kind))
      .map(canonical)
      .join(' '),
    right: node.children.at(-1)!,
  };
}

export interface SelectorMatcher {
  name: string;
  operator: string;
  value: string;
}

/** The matchers of a vector selector; the metric's name is the one called `__name__`. */
export function matchersOf(selector: PromqlNode): SelectorMatcher[] {
  return selector.children.flatMap((part): SelectorMatcher[] => {
    if (part.kind === 'Identifier') return [{ name: '__name__', operator: '=', value: part.text }];
    return part.children.map((matcher) => {
      const [name, operator, value] = matcher.children;
      if (!operator || !value) return { name: '__name__', operator: '=', value: stringValue(matcher.text) };
      return { name: stringValue(name!.text), operator: operator.text, value: stringValue(value.text) };
    });
  });
}

/** Two expressions with the same canonical text mean the same to Prometheus. The reverse need not hold. */
export function canonical(node: PromqlNode): string {
  switch (node.kind) {
    case 'StringLiteral':
      return JSON.stringify(stringValue(node.text));
    case 'NumberDurationLiteral':
    case 'NumberDurationLiteralInDurationContext':
      return numberValue(node.text);
    case 'VectorSelector':
      return `{${matchersOf(node)
        .map(({ name, operator, value }) => JSON.stringify([name, operator, value]))
        .sort()
        .join()}}`;
    case 'GroupingLabels':
      return `(${node.children
        .map(({ text }) => stringValue(text))
        .sort()
        .join()})`;
    case 'BinaryExpr': {
      const { left, operator, modifiers, right } = binaryOperation(node);
      return `(${canonical(left)} ${operator} ${modifiers} ${canonical(right)})`;
    }
    case 'AggregateExpr': {
      // The modifier may stand before or after the arguments.
      const parts = ['AggregateOp', 'AggregateModifier', 'FunctionCallBody'].map((kind) => child(node, kind));
      return parts.map((part) => (part ? canonical(part) : '')).join(' ');
    }
    default:
      return node.children.length === 0
        ? node.text.toLowerCase()
        : `${node.kind}[${node.children.map(canonical).join(' ')}]`;
  }
}

/** Two expressions with the same answer mean the same; null when it does not follow the grammar. */
export function canonicalExpression(expression: string): string | null {
  const tree = parsePromql(expression);
  return tree && canonical(tree);
}

function stringValue(text: string): string {
  return /^["'`]/.test(text) ? (unquotePromqlString(text) ?? text) : text;
}

function numberValue(text: string): string {
  const duration = /[a-z]$/i.test(text) ? parseDuration(text) : null;
  if (duration !== null) return String(duration / 1000);
  const number = Number(text.replace(/_/g, ''));
  return Number.isNaN(number) ? text.toLowerCase() : String(number);
}
