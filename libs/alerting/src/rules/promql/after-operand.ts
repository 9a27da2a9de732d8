import type { Expr, Modifiers, Span, VectorSelector } from './ast';
import { parseDurationIn } from './durations-in-place';
import type { Token } from './lexer';
import { spanOf, type Reading } from './reading';

/** What stands in brackets after an expression: a range, or the range and step of a subquery. */
export function bracketed(reading: Reading, expr: Expr): Expr {
  const open = reading.reader.next();
  const range = parseDurationIn(reading.reader, reading.grammar, reading.faults, { isPositive: true });
  if (reading.reader.peek().kind === 'colon') return subquery(reading, expr, range);
  const end = reading.reader.expectSymbol(']').end;
  const span = { start: open.start, end };
  if (expr.kind !== 'vector') {
    const detail = 'a range in brackets must stand right after a selector; after anything else write [range:step]';
    reading.faults.push({ code: 'type', ...span, detail });
  } else if (expr.offsetMs !== null && expr.offsetMs !== 0) {
    reading.faults.push({ code: 'type', ...span, detail: 'offset must stand after the range' });
  } else if (typeof expr.at === 'number') {
    reading.faults.push({ code: 'type', ...span, detail: '@ must stand after the range' });
  }
  const selector: VectorSelector = expr.kind === 'vector' ? expr : emptySelector(expr);
  return { kind: 'matrix', selector, rangeMs: range, depth: reading.deeper(selector), start: expr.start, end };
}

/** `offset` and its duration; they belong to what stands before them. */
export function offset(reading: Reading, expr: Expr): Expr {
  const word = reading.reader.next();
  const ms = parseDurationIn(reading.reader, reading.grammar, reading.faults, { isPositive: false });
  const target = modified(reading, expr, word, 'offset');
  if (!target) return expr;
  if (target.offsetMs !== null && target.offsetMs !== 0) {
    reading.faults.push({ code: 'modifier', ...spanOf(word), detail: 'offset may be set only once' });
  } else target.offsetMs = ms;
  expr.end = reading.reader.previousEnd;
  return expr;
}

/** `@` and its time; they belong to what stands before them. */
export function at(reading: Reading, expr: Expr): Expr {
  const sign = reading.reader.next();
  const moment = readMoment(reading);
  const target = modified(reading, expr, sign, '@');
  if (!target) return expr;
  if (target.at !== null) {
    reading.faults.push({ code: 'modifier', ...spanOf(sign), detail: '@ may be set only once' });
  } else target.at = moment;
  expr.end = reading.reader.previousEnd;
  return expr;
}

function subquery(reading: Reading, expr: Expr, rangeMs: number): Expr {
  reading.reader.next();
  const hasStep = !reading.reader.isSymbol(']');
  const stepMs = hasStep
    ? parseDurationIn(reading.reader, reading.grammar, reading.faults, { isPositive: true })
    : null;
  const end = reading.reader.expectSymbol(']').end;
  const modifiers: Modifiers = { offsetMs: null, at: null };
  return { kind: 'subquery', expr, rangeMs, stepMs, ...modifiers, depth: reading.deeper(expr), start: expr.start, end };
}

function readMoment(reading: Reading): number | 'start' | 'end' {
  for (const word of ['start', 'end'] as const) {
    if (!reading.reader.takeKeyword(word)) continue;
    reading.reader.expectSymbol('(');
    reading.reader.expectSymbol(')');
    return word;
  }
  const sign = reading.reader.isSymbol('-') ? -1 : 1;
  if (sign === -1 || reading.reader.isSymbol('+')) reading.reader.next();
  const token = reading.reader.next();
  const isNumber = token.kind === 'number' || (token.kind === 'duration' && reading.grammar.numbersAreDurations);
  if (!isNumber) throw reading.reader.unexpected(token, 'a time in seconds, start() or end()');
  const seconds = sign * reading.number(token);
  if (!(Math.abs(seconds) < 2 ** 63)) {
    reading.faults.push({ code: 'number', ...spanOf(token), detail: 'the time after @ is out of bounds' });
  }
  return seconds;
}

function modified(reading: Reading, expr: Expr, word: Token, name: string): Modifiers | null {
  if (expr.kind === 'vector' || expr.kind === 'subquery') return expr;
  if (expr.kind === 'matrix') return expr.selector;
  const detail = `${name} must stand right after a selector or a subquery`;
  reading.faults.push({ code: 'modifier', ...spanOf(word), detail });
  return null;
}

/** Stands in where a range was put after something that has none. */
function emptySelector({ start, end }: Span): VectorSelector {
  return { kind: 'vector', name: 'x', matchers: [], offsetMs: null, at: null, depth: 1, start, end };
}
