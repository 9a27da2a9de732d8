import { diffArrays } from 'diff';
import {
  binaryOperation,
  canonical,
  child,
  isNumber,
  matchersOf,
  type PromqlNode,
  type SelectorMatcher,
} from './promql-node';

/** What part of an expression was changed. */
export const EXPRESSION_CHANGES = [
  'threshold',
  'number',
  'string',
  'metric',
  'matcher',
  'range',
  'offset',
  'function',
  'aggregation',
  'grouping',
  'operator',
  'matching',
  'condition',
  'structure',
] as const;
export type ExpressionChangeKind = (typeof EXPRESSION_CHANGES)[number];

/** One change of meaning, named. */
export interface ExpressionChange {
  what: ExpressionChangeKind;
  /** The part as it was written; null when there was none. */
  before: string | null;
  after: string | null;
  /** The part of the expression it happened in, as it is written now. */
  within: string;
}

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '>', '<', '>=', '<=']);
const CONDITIONS: ReadonlySet<string> = new Set(['and', 'or', 'unless']);

/** How the meaning of two expressions differs, outermost first. Nothing when only the way of writing does. */
export function compareExpressions(before: PromqlNode, after: PromqlNode): ExpressionChange[] {
  if (canonical(before) === canonical(after)) return [];
  if (isCondition(before) || isCondition(after)) return compareConditions(before, after);
  if (before.kind !== after.kind) return compareKinds(before, after);
  switch (after.kind) {
    case 'VectorSelector':
      return compareSelectors(before, after);
    case 'MatrixSelector':
    case 'SubqueryExpr':
      return compareWithTail(before, after, 'range');
    case 'OffsetExpr':
    case 'StepInvariantExpr':
      return compareWithTail(before, after, 'offset');
    case 'FunctionCall':
      return compareCalls(before, after, 'function');
    case 'AggregateExpr':
      return [...compareGrouping(before, after), ...compareCalls(before, after, 'aggregation')];
    case 'BinaryExpr':
      return compareOperations(before, after);
    case 'NumberDurationLiteral':
    case 'UnaryExpr':
      return [change(isNumber(before) && isNumber(after) ? 'number' : 'structure', before, after)];
    case 'StringLiteral':
      return [change('string', before, after)];
    default:
      return [change('structure', before, after)];
  }
}

const change = (
  what: ExpressionChangeKind,
  before: PromqlNode | null,
  after: PromqlNode | null,
  within = after ?? before!,
): ExpressionChange => ({ what, before: before?.text ?? null, after: after?.text ?? null, within: within.text });

const isCondition = (node: PromqlNode): boolean =>
  node.kind === 'BinaryExpr' && CONDITIONS.has(binaryOperation(node).operator);

/** The operands of `a and b unless c`, each with the operator before it. */
function conditionsOf(node: PromqlNode): { operator: string; operand: PromqlNode }[] {
  if (!isCondition(node)) return [{ operator: '', operand: node }];
  const { left, operator, modifiers, right } = binaryOperation(node);
  return [...conditionsOf(left), { operator: `${operator} ${modifiers}`.trim(), operand: right }];
}

/** Conditions that stayed are paired first, then those that took another's place; what is left came or went. */
function compareConditions(before: PromqlNode, after: PromqlNode): ExpressionChange[] {
  const key = ({ operator, operand }: { operator: string; operand: PromqlNode }) => `${operator} ${canonical(operand)}`;
  const parts = diffArrays(conditionsOf(before), conditionsOf(after), { comparator: (a, b) => key(a) === key(b) });
  const removed = parts.filter((part) => part.removed).flatMap(({ value }) => value);
  const added = parts.filter((part) => part.added).flatMap(({ value }) => value);
  const changes: ExpressionChange[] = [];
  while (removed.length > 0 && added.length > 0) {
    const [was, is] = [removed.shift()!, added.shift()!];
    if (was.operator !== is.operator && was.operator !== '' && is.operator !== '')
      changes.push({ what: 'operator', before: was.operator, after: is.operator, within: after.text });
    changes.push(...compareExpressions(was.operand, is.operand));
  }
  for (const { operator, operand } of removed)
    changes.push({ what: 'condition', before: `${operator} ${operand.text}`.trim(), after: null, within: after.text });
  for (const { operator, operand } of added)
    changes.push({ what: 'condition', before: null, after: `${operator} ${operand.text}`.trim(), within: after.text });
  return changes;
}

/** One holds the other, or they have nothing to do with each other. */
function compareKinds(before: PromqlNode, after: PromqlNode): ExpressionChange[] {
  for (const kind of ['OffsetExpr', 'StepInvariantExpr']) {
    if (after.kind === kind) return [...compareExpressions(before, after.children[0]!), tail('offset', null, after)];
    if (before.kind === kind) return [...compareExpressions(before.children[0]!, after), tail('offset', before, null)];
  }
  return [change(isNumber(before) && isNumber(after) ? 'number' : 'structure', before, after)];
}

/** Selectors with a range, subqueries and offsets: the inner expression first, then what follows it. */
function compareWithTail(before: PromqlNode, after: PromqlNode, what: 'range' | 'offset'): ExpressionChange[] {
  const inner = compareExpressions(before.children[0]!, after.children[0]!);
  const tails = [before, after].map((node) => node.children.slice(1).map(canonical).join(' '));
  return tails[0] === tails[1] ? inner : [...inner, tail(what, before, after)];
}

function tail(what: 'range' | 'offset', before: PromqlNode | null, after: PromqlNode | null): ExpressionChange {
  const [was, is] = [before, after].map((node) => node && node.text.slice(node.children[0]!.text.length).trim());
  return { what, before: was ?? null, after: is ?? null, within: (after ?? before!).text };
}

const METRIC = '__name__';

function compareSelectors(before: PromqlNode, after: PromqlNode): ExpressionChange[] {
  const [was, is] = [matchersOf(before), matchersOf(after)];
  const shown = (matchers: SelectorMatcher[]) =>
    matchers.map(({ name, operator, value }) =>
      name === METRIC && operator === '=' ? value : `${name}${operator}${JSON.stringify(value)}`,
    );
  return [...new Set([...was, ...is].map(({ name }) => name))].flatMap((name): ExpressionChange[] => {
    const [gone, come] = [was, is].map((matchers) => shown(matchers.filter((matcher) => matcher.name === name)).sort());
    if (gone!.join('\n') === come!.join('\n')) return [];
    const what = name === METRIC ? 'metric' : 'matcher';
    return [{ what, before: gone!.join(', ') || null, after: come!.join(', ') || null, within: after.text }];
  });
}

function compareGrouping(before: PromqlNode, after: PromqlNode): ExpressionChange[] {
  const [was, is] = [before, after].map((node) => child(node, 'AggregateModifier') ?? null);
  const isSame = (was && canonical(was)) === (is && canonical(is));
  return isSame ? [] : [change('grouping', was ?? null, is ?? null, after)];
}

function compareCalls(before: PromqlNode, after: PromqlNode, what: 'function' | 'aggregation'): ExpressionChange[] {
  const name = what === 'function' ? 'FunctionIdentifier' : 'AggregateOp';
  const [was, is] = [child(before, name)!, child(after, name)!];
  const [wasArguments, isArguments] = [before, after].map((node) => child(node, 'FunctionCallBody')?.children ?? []);
  if (wasArguments!.length !== isArguments!.length) return [change('structure', before, after)];
  return [
    ...(canonical(was) === canonical(is) ? [] : [change(what, was, is, after)]),
    ...wasArguments!.flatMap((argument, index) => compareExpressions(argument, isArguments![index]!)),
  ];
}

function compareOperations(before: PromqlNode, after: PromqlNode): ExpressionChange[] {
  const [was, is] = [binaryOperation(before), binaryOperation(after)];
  const within = after.text;
  const changes: ExpressionChange[] = [];
  if (was.operator !== is.operator)
    changes.push({ what: 'operator', before: was.operator, after: is.operator, within });
  if (was.modifiers !== is.modifiers)
    changes.push({ what: 'matching', before: modifierText(before), after: modifierText(after), within });
  for (const side of ['left', 'right'] as const) {
    const isLimit = COMPARISONS.has(is.operator) && (isNumber(was[side]) || isNumber(is[side]));
    const isChanged = canonical(was[side]) !== canonical(is[side]);
    if (isLimit && isChanged) changes.push(change('threshold', was[side], is[side], after));
    else changes.push(...compareExpressions(was[side], is[side]));
  }
  return changes;
}

/** The modifiers as they are written. */
function modifierText(node: PromqlNode): string | null {
  const modifiers = node.children.filter(({ kind }) => kind === 'BoolModifier' || kind === 'MatchingModifierClause');
  return modifiers.map(({ text }) => text).join(' ') || null;
}
