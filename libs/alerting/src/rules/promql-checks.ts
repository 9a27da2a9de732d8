import type { SyntaxNode } from '@lezer/common';
import { RE2JS } from 're2js';
import { parseDuration } from '../durations';
import { excerpt } from '../problems';
import { unquotePromqlString } from './promql-string';
import { AGGREGATIONS, FUNCTIONS } from './promql-vocabulary';

const NUMBER = /^(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)$/;
const NAMED_NUMBER = /^(?:inf|nan)$/i;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
/** Words that Prometheus' lexer takes for something else where labels are listed. */
const NOT_IN_GROUPING = /^(?:without|inf|nan)$/i;
const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
/** `@` takes seconds and Prometheus counts milliseconds in 64 bits; beyond this a double could not tell anyway. */
const LATEST_AT_SECONDS = 9_000_000_000_000_000;
const LARGEST_INTEGER = 2n ** 63n - 1n;

/**
 * What Prometheus 2.42 checks about one node and the newer grammar or the type checker does not.
 * Answers what is wrong, or null.
 */
export function inspectNode(node: SyntaxNode, expression: string): string | null {
  const text = expression.slice(node.from, node.to);
  switch (node.name) {
    case 'FunctionIdentifier':
      return FUNCTIONS.has(text) ? null : `function "${excerpt(text)}" is not known to Prometheus 2.42`;
    case 'AggregateExpr':
      return inspectAggregation(node, expression);
    case 'NumberDurationLiteral':
      return runsOn(node, expression) ?? inspectNumber(text);
    case 'NumberDurationLiteralInDurationContext':
      return runsOn(node, expression);
    case 'DurationExpr':
      return inspectDuration(text);
    case 'OffsetDurationExpr':
      return inspectDuration(text.replace(/^-\s*/, ''));
    case 'StringLiteral':
      return unquotePromqlString(text) === null
        ? 'the string holds an escape that does not exist or is not closed'
        : null;
    case 'Identifier':
      return METRIC_NAME.test(text) && text.toLowerCase() !== 'atan2'
        ? null
        : `"${excerpt(text)}" is not a metric name`;
    case 'LabelName': {
      const taken = node.parent?.name === 'GroupingLabels' && NOT_IN_GROUPING.test(text);
      return LABEL_NAME.test(text) && !taken ? null : `"${excerpt(text)}" is not a label name`;
    }
    case 'MatrixSelector':
      return node.firstChild?.name === 'VectorSelector'
        ? null
        : 'ranges are only allowed right after a vector selector';
    case 'LineComment':
      return ['MatrixSelector', 'SubqueryExpr', 'DurationExpr'].includes(node.parent?.name ?? '')
        ? 'a comment cannot stand here'
        : null;
    case 'SubqueryExpr':
      // Prometheus binds the brackets to the last operand, which then is a range and no operand any more.
      return node.firstChild && ['BinaryExpr', 'UnaryExpr'].includes(node.firstChild.name)
        ? 'an operation needs parentheses before a subquery'
        : null;
    case 'OffsetExpr':
    case 'StepInvariantExpr':
      return inspectModifier(node, expression);
    case 'VectorSelector':
      return inspectSelector(node, expression);
    default:
      return null;
  }
}

function inspectAggregation(node: SyntaxNode, expression: string): string | null {
  const operator = node.getChild('AggregateOp');
  const name = operator ? expression.slice(operator.from, operator.to).toLowerCase() : '';
  const expected = AGGREGATIONS.get(name);
  if (expected === undefined) return `aggregation "${excerpt(name)}" is not known to Prometheus 2.42`;
  const given = node.getChild('FunctionCallBody')?.getChildren('Expr').length ?? 0;
  return given === expected ? null : `${name} takes ${expected} argument${expected === 1 ? '' : 's'}, got ${given}`;
}

/** The grammar would take `6000offset` for a number and a word. */
function runsOn(node: SyntaxNode, expression: string): string | null {
  return /[\w.]/.test(expression[node.to] ?? '')
    ? `"${excerpt(expression.slice(node.from, node.to + 1))}" is neither a number nor a duration`
    : null;
}

function inspectNumber(text: string): string | null {
  const unsigned = text.replace(/^[+-]\s*/, '');
  if (NAMED_NUMBER.test(unsigned)) return null;
  if (!NUMBER.test(unsigned)) return `"${excerpt(text)}" is not a number; durations belong in brackets or after offset`;
  const inRange = /^0x/i.test(unsigned) ? BigInt(unsigned) <= LARGEST_INTEGER : Number.isFinite(Number(unsigned));
  return inRange ? null : 'the number is out of range';
}

function inspectDuration(text: string): string | null {
  const ms = parseDuration(text);
  if (ms === null || text === '0') return `"${excerpt(text)}" is not a duration such as 5m or 1h30m`;
  return ms > 0 ? null : 'the duration must be greater than 0';
}

const MODIFIED: ReadonlySet<string> = new Set(['OffsetExpr', 'StepInvariantExpr', 'BinaryExpr', 'UnaryExpr']);

/** `offset` and `@` follow a selector or a subquery, each at most once, in either order. */
function inspectModifier(node: SyntaxNode, expression: string): string | null {
  const seen = new Set<string>();
  let inner: SyntaxNode | null = node;
  while (inner && MODIFIED.has(inner.name)) {
    if (inner.name === 'BinaryExpr' || inner.name === 'UnaryExpr') {
      // The grammar reads `a - b offset 5m` as one offset around the whole; Prometheus binds it to b.
      inner = inner.lastChild;
      continue;
    }
    if (seen.has(inner.name)) return 'offset and @ may each be used only once';
    seen.add(inner.name);
    inner = inner.firstChild;
  }
  if (!inner || !['VectorSelector', 'MatrixSelector', 'SubqueryExpr'].includes(inner.name)) {
    return 'offset and @ must follow a selector or a subquery';
  }
  const moment = node.name === 'StepInvariantExpr' ? node.getChild('NumberDurationLiteral') : null;
  if (!moment) return null;
  const seconds = Number(expression.slice(moment.from, moment.to).replace(/\s+/g, ''));
  return Math.abs(seconds) < LATEST_AT_SECONDS ? null : 'the timestamp after @ is out of bounds';
}

/** A selector needs a name or a matcher that does not match the empty string, else it would select everything. */
function inspectSelector(node: SyntaxNode, expression: string): string | null {
  let selective = node.getChild('Identifier') !== null;
  const braces = node.getChild('LabelMatchers');
  if (braces && /^\{\s*,/.test(expression.slice(braces.from, braces.to)))
    return 'a matcher is missing before the comma';
  if (braces?.getChild('QuotedLabelName') || braces?.getChild('QuotedLabelMatcher')) {
    return 'quoted names are not known to Prometheus 2.42';
  }
  for (const matcher of braces?.getChildren('UnquotedLabelMatcher') ?? []) {
    const literal = matcher.getChild('StringLiteral');
    const operator = matcher.getChild('MatchOp');
    if (!literal || !operator) return 'the matcher is not complete';
    const value = unquotePromqlString(expression.slice(literal.from, literal.to));
    if (value === null) return 'the string holds an escape that does not exist or is not closed';
    const symbol = expression.slice(operator.from, operator.to);
    const matchesEmpty = matcherMatchesEmpty(symbol, value);
    if (typeof matchesEmpty === 'string') return matchesEmpty;
    if (!matchesEmpty) selective = true;
  }
  return selective ? null : 'a selector needs a name or at least one matcher that does not match the empty string';
}

/** Whether the matcher matches a missing label, or why its regular expression is refused. */
function matcherMatchesEmpty(symbol: string, value: string): boolean | string {
  if (symbol === '=') return value === '';
  if (symbol === '!=') return value !== '';
  if (value.includes('\ufffd')) return 'the regular expression is refused: it is not UTF-8';
  try {
    const matches = RE2JS.compile(`^(?:${value})$`).matches('');
    return symbol === '=~' ? matches : !matches;
  } catch (error) {
    return `the regular expression is refused: ${excerpt(error instanceof Error ? error.message : '')}`;
  }
}
