import { at, bracketed, offset } from './after-operand';
import type { BinaryExpr, Expr } from './ast';
import { aggregate, call } from './calls';
import { AGGREGATIONS } from './functions';
import type { Grammar } from './grammar';
import { labelList } from './labels';
import type { Token } from './lexer';
import { DEEPEST, Reading, spanOf } from './reading';
import { selector } from './selector';
import type { Fault, TokenReader } from './token-reader';

/** How tightly operators bind; higher binds tighter. */
const PRECEDENCE: Readonly<Record<string, number>> = {
  or: 1,
  and: 2,
  unless: 2,
  '==': 3,
  '!=': 3,
  '<': 3,
  '<=': 3,
  '>': 3,
  '>=': 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
  '%': 5,
  atan2: 5,
  '^': 6,
};
const POWER = 6;
/** Keywords that may as well be the name of a metric. */
const METRIC_WORDS: ReadonlySet<string> = new Set([
  ...'by and or unless offset without start end'.split(' '),
  ...AGGREGATIONS.keys(),
]);

/** Reads tokens of one expression into syntax; throws a {@link SyntaxFault} where Prometheus could not go on. */
export class ExpressionParser {
  private readonly reading: Reading;
  private nesting = 0;

  constructor(tokens: Token[], grammar: Grammar) {
    this.reading = new Reading(tokens, grammar, (least) => this.expression(least));
  }

  /** What did not stop the reading. */
  get faults(): Fault[] {
    return this.reading.faults;
  }

  private get reader(): TokenReader {
    return this.reading.reader;
  }

  parse(): Expr {
    const expr = this.expression(0);
    this.reader.expectEnd();
    return expr;
  }

  private expression(least: number): Expr {
    this.nesting += 1;
    if (this.nesting > DEEPEST) throw this.reading.tooDeep();
    let left = this.operand();
    for (;;) {
      const operator = this.reader.peek();
      const precedence = isOperator(operator) ? PRECEDENCE[operator.text]! : -1;
      if (precedence === -1 || precedence < least) break;
      left = this.binary(left, this.reader.next(), precedence);
    }
    this.nesting -= 1;
    return left;
  }

  private binary(left: Expr, operator: Token, precedence: number): Expr {
    const bool = this.reader.takeKeyword('bool');
    const matching = this.matching();
    const group = matching ? this.group() : null;
    // Only the power groups from the right.
    const right = this.expression(precedence === POWER ? precedence : precedence + 1);
    const depth = this.reading.deeper(left, right);
    const expr: BinaryExpr = {
      kind: 'binary',
      op: operator.text,
      opSpan: spanOf(operator),
      left,
      right,
      bool,
      matching,
      group,
      depth,
      start: left.start,
      end: right.end,
    };
    return expr;
  }

  private matching(): BinaryExpr['matching'] {
    for (const word of ['on', 'ignoring']) {
      if (this.reader.takeKeyword(word)) return { on: word === 'on', labels: labelList(this.reading) };
    }
    return null;
  }

  private group(): BinaryExpr['group'] {
    for (const side of ['left', 'right'] as const) {
      if (!this.reader.takeKeyword(`group_${side}`)) continue;
      return { side, include: this.reader.isSymbol('(') ? labelList(this.reading) : [] };
    }
    return null;
  }

  /** Something between operators, with what follows it in brackets and after `offset` and `@`. */
  private operand(): Expr {
    const sign = this.reader.peek();
    if (sign.kind === 'symbol' && (sign.text === '+' || sign.text === '-')) {
      this.reader.next();
      const expr = this.expression(POWER);
      if (expr.kind === 'number') {
        return { ...expr, value: sign.text === '-' ? -expr.value : expr.value, start: sign.start };
      }
      return { kind: 'unary', op: sign.text, expr, depth: this.reading.deeper(expr), start: sign.start, end: expr.end };
    }
    let expr = this.primary();
    for (;;) {
      if (this.reader.isSymbol('[')) expr = bracketed(this.reading, expr);
      else if (this.reader.isKeyword('offset')) expr = offset(this.reading, expr);
      else if (this.reader.isSymbol('@')) expr = at(this.reading, expr);
      else return expr;
    }
  }

  private primary(): Expr {
    const token = this.reader.peek();
    if (token.kind === 'number' || (token.kind === 'duration' && this.reading.grammar.numbersAreDurations)) {
      return { kind: 'number', value: this.reading.number(this.reader.next()), depth: 1, ...spanOf(token) };
    }
    if (token.kind === 'string') {
      this.reader.next();
      return { kind: 'string', value: this.reading.unquoted(token), depth: 1, ...spanOf(token) };
    }
    if (token.kind === 'symbol' && token.text === '(') return this.paren();
    if (token.kind === 'symbol' && token.text === '{') return selector(this.reading, null);
    if (token.kind === 'metric') return selector(this.reading, this.reader.next());
    if (token.kind === 'identifier') {
      this.reader.next();
      return this.reader.isSymbol('(') ? call(this.reading, token) : selector(this.reading, token);
    }
    if (token.kind === 'keyword' && METRIC_WORDS.has(token.text)) {
      this.reader.next();
      const next = this.reader.peek();
      const opens = (next.kind === 'symbol' && next.text === '(') || isOneOf(next, 'by', 'without');
      if (AGGREGATIONS.has(token.text) && opens) return aggregate(this.reading, token);
      return selector(this.reading, token);
    }
    if (token.kind === 'duration') throw this.reader.fault(token, 'a duration cannot stand where a number is needed');
    throw this.reader.unexpected();
  }

  private paren(): Expr {
    const open = this.reader.next();
    const expr = this.expression(0);
    const close = this.reader.expectSymbol(')');
    return { kind: 'paren', expr, depth: this.reading.deeper(expr), start: open.start, end: close.end };
  }
}

function isOperator({ kind, text }: Token): boolean {
  return (kind === 'symbol' || kind === 'keyword') && Object.hasOwn(PRECEDENCE, text);
}

function isOneOf({ kind, text }: Token, ...words: string[]): boolean {
  return kind === 'keyword' && words.includes(text);
}
