import { excerpt } from '../../problems';
import { unquotePromqlString } from '../promql-string';
import type { BinaryExpr, CallExpr, Expr, LabelMatcher, Modifiers, Span, VectorSelector } from './ast';
import { parseDurationIn } from './durations-in-place';
import { AGGREGATIONS, functionLife, functionNames, functionOf } from './functions';
import type { Grammar } from './grammar';
import type { Token } from './lexer';
import { compileMatcher, readDuration, readNumber } from './literals';
import { nearest } from './nearest';
import { SyntaxFault, TokenReader, type Fault } from './token-reader';

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
/** Keywords that cannot be a label where labels are listed. */
const NOT_LABELS: ReadonlySet<string> = new Set(['without']);
/** Recursion stops here; nobody nests an expression like that. */
const DEEPEST = 500;

/** Reads tokens of one expression into syntax; throws a {@link SyntaxFault} where Prometheus could not go on. */
export class ExpressionParser {
  /** What does not stop the reading: unknown functions, wrong numbers of arguments and the like. */
  readonly faults: Fault[] = [];
  private readonly reader: TokenReader;
  private nesting = 0;

  constructor(
    tokens: Token[],
    private readonly grammar: Grammar,
  ) {
    this.reader = new TokenReader(tokens);
  }

  parse(): Expr {
    const expr = this.expression(0);
    this.reader.expectEnd();
    return expr;
  }

  private expression(least: number): Expr {
    this.nesting += 1;
    if (this.nesting > DEEPEST) throw this.tooDeep();
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
    const depth = this.deeper(left, right);
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
      if (this.reader.takeKeyword(word)) return { on: word === 'on', labels: this.labelList() };
    }
    return null;
  }

  private group(): BinaryExpr['group'] {
    for (const side of ['left', 'right'] as const) {
      if (!this.reader.takeKeyword(`group_${side}`)) continue;
      return { side, include: this.reader.isSymbol('(') ? this.labelList() : [] };
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
      return { kind: 'unary', op: sign.text, expr, depth: this.deeper(expr), start: sign.start, end: expr.end };
    }
    let expr = this.primary();
    for (;;) {
      if (this.reader.isSymbol('[')) expr = this.bracketed(expr);
      else if (this.reader.isKeyword('offset')) expr = this.offset(expr);
      else if (this.reader.isSymbol('@')) expr = this.at(expr);
      else return expr;
    }
  }

  private primary(): Expr {
    const token = this.reader.peek();
    if (token.kind === 'number' || (token.kind === 'duration' && this.grammar.numbersAreDurations)) {
      return { kind: 'number', value: this.number(this.reader.next()), depth: 1, ...spanOf(token) };
    }
    if (token.kind === 'string') {
      this.reader.next();
      return { kind: 'string', value: this.unquoted(token), depth: 1, ...spanOf(token) };
    }
    if (token.kind === 'symbol' && token.text === '(') return this.paren();
    if (token.kind === 'symbol' && token.text === '{') return this.selector(null);
    if (token.kind === 'metric') return this.selector(this.reader.next());
    if (token.kind === 'identifier') {
      this.reader.next();
      return this.reader.isSymbol('(') ? this.call(token) : this.selector(token);
    }
    if (token.kind === 'keyword' && METRIC_WORDS.has(token.text)) {
      this.reader.next();
      const next = this.reader.peek();
      const opens = (next.kind === 'symbol' && next.text === '(') || isOneOf(next, 'by', 'without');
      if (AGGREGATIONS.has(token.text) && opens) return this.aggregate(token);
      return this.selector(token);
    }
    if (token.kind === 'duration') throw this.reader.fault(token, 'a duration cannot stand where a number is needed');
    throw this.reader.unexpected();
  }

  private paren(): Expr {
    const open = this.reader.next();
    const expr = this.expression(0);
    const close = this.reader.expectSymbol(')');
    return { kind: 'paren', expr, depth: this.deeper(expr), start: open.start, end: close.end };
  }

  private call(name: Token): Expr {
    const func = functionOf(name.text, this.grammar);
    if (!func) this.faults.push(this.unknownFunction(name));
    else if (func.isExperimental) {
      const detail = `function "${name.text}" is experimental and not enabled`;
      this.faults.push({ code: 'unknown_function', ...spanOf(name), detail });
    }
    const { args, end } = this.args();
    const call: CallExpr = { kind: 'call', func: name.text, args, depth: this.deeper(...args), start: name.start, end };
    return call;
  }

  private unknownFunction(name: Token): Fault {
    const life = functionLife(name.text);
    const { version } = this.grammar;
    const known = life?.since ? `came with ${life.since}` : life?.until ? `left with ${life.until}` : null;
    const detail = `function "${excerpt(name.text)}" is not known to Prometheus ${version}${known ? `, it ${known}` : ''}`;
    const names = [...functionNames(this.grammar), ...AGGREGATIONS.keys()];
    const near = life ? null : nearest(name.text, names);
    return { code: 'unknown_function', ...spanOf(name), detail, ...(near ? { fix: near } : {}) };
  }

  private args(): { args: Expr[]; end: number } {
    this.reader.expectSymbol('(');
    const args: Expr[] = [];
    while (!this.reader.isSymbol(')')) {
      args.push(this.expression(0));
      if (!this.reader.isSymbol(',')) break;
      const comma = this.reader.next();
      if (this.reader.isSymbol(')')) {
        const detail = 'a comma cannot end the arguments';
        this.faults.push({ code: 'syntax', ...spanOf(comma), detail, fix: '' });
      }
    }
    return { args, end: this.reader.expectSymbol(')').end };
  }

  private aggregate(operator: Token): Expr {
    let modifier = this.modifier();
    const { args, end } = this.args();
    let close = end;
    if (!modifier) {
      modifier = this.modifier();
      if (modifier) close = modifier.end;
    }
    const op = operator.text;
    const paramType = AGGREGATIONS.get(op) ?? null;
    const wanted = paramType === null ? 1 : 2;
    const span = { start: operator.start, end: close };
    if (op.startsWith('limit')) {
      const detail = `"${op}" is experimental and not enabled`;
      this.faults.push({ code: 'unknown_function', ...spanOf(operator), detail });
    }
    if (args.length !== wanted) {
      const detail = `"${op}" takes ${wanted} argument${wanted > 1 ? 's' : ''}, not ${args.length}`;
      this.faults.push({ code: 'arguments', ...span, detail });
    }
    const expr: Expr = args[wanted - 1] ?? { kind: 'number', value: 0, depth: 1, ...span };
    return {
      kind: 'aggregate',
      op,
      opSpan: spanOf(operator),
      grouping: modifier?.labels ?? [],
      by: modifier?.by ?? null,
      param: wanted === 2 ? (args[0] ?? null) : null,
      expr,
      depth: this.deeper(...args),
      ...span,
    };
  }

  private modifier(): { by: 'by' | 'without'; labels: string[]; end: number } | null {
    for (const by of ['by', 'without'] as const) {
      if (!this.reader.takeKeyword(by)) continue;
      const labels = this.labelList();
      return { by, labels, end: this.reader.previousEnd };
    }
    return null;
  }

  private labelList(): string[] {
    this.reader.expectSymbol('(');
    const labels: string[] = [];
    while (!this.reader.isSymbol(')')) {
      labels.push(this.listedLabel(this.reader.next()));
      if (!this.reader.isSymbol(',')) break;
      this.reader.next();
    }
    this.reader.expectSymbol(')');
    return labels;
  }

  private listedLabel(token: Token): string {
    const { anyNames } = this.grammar;
    if (token.kind === 'string' && anyNames) {
      const name = this.unquoted(token);
      if (name === '' || name.includes('\ufffd')) throw this.reader.fault(token, 'a label needs a name');
      return name;
    }
    const isWord = token.kind === 'identifier' || (token.kind === 'keyword' && !NOT_LABELS.has(token.text));
    if (isWord) return token.raw;
    if (token.kind === 'metric' && anyNames) return token.text;
    throw this.reader.unexpected(token, 'a label name');
  }

  private selector(name: Token | null): Expr {
    const matchers: LabelMatcher[] = [];
    const start = (name ?? this.reader.peek()).start;
    let end = name?.end ?? start;
    if (this.reader.isSymbol('{')) {
      this.reader.next();
      while (!this.reader.isSymbol('}')) {
        matchers.push(this.matcher());
        if (!this.reader.isSymbol(',')) break;
        this.reader.next();
      }
      end = this.reader.expectSymbol('}').end;
    }
    return { kind: 'vector', name: name?.raw ?? null, matchers, offsetMs: null, at: null, depth: 1, start, end };
  }

  private matcher(): LabelMatcher {
    const label = this.reader.next();
    const isQuoted = label.kind === 'string';
    if (isQuoted && !this.grammar.quotedNames) {
      throw this.reader.fault(label, `quoted names are not known to Prometheus ${this.grammar.version}`);
    }
    if (label.kind !== 'identifier' && !isQuoted) throw this.reader.unexpected(label, 'a label name');
    const name = isQuoted ? this.unquoted(label) : label.text;
    const operator = this.reader.peek();
    const isOperatorHere = operator.kind === 'symbol' && ['=', '!=', '=~', '!~'].includes(operator.text);
    if (!isOperatorHere) {
      if (!isQuoted) throw this.reader.unexpected(operator, 'one of = != =~ !~');
      return { name: '__name__', op: '=', value: name, matchesEmpty: name === '', ...spanOf(label) };
    }
    this.reader.next();
    const value = this.reader.next();
    if (value.kind !== 'string') throw this.reader.unexpected(value, 'a string');
    const text = this.unquoted(value);
    const op = operator.text as LabelMatcher['op'];
    return {
      name,
      op,
      value: text,
      matchesEmpty: this.matchesEmpty(op, text, value),
      start: label.start,
      end: value.end,
    };
  }

  private matchesEmpty(op: LabelMatcher['op'], value: string, token: Token): boolean {
    if (op === '=') return value === '';
    if (op === '!=') return value !== '';
    const compiled = compileMatcher(value);
    if ('fault' in compiled) {
      const detail = `the regular expression is refused: ${compiled.fault}`;
      this.faults.push({ code: 'regex', ...spanOf(token), detail });
      return false;
    }
    return compiled.matches('') === (op === '=~');
  }

  private bracketed(expr: Expr): Expr {
    const open = this.reader.next();
    const range = parseDurationIn(this.reader, this.grammar, this.faults, { isPositive: true });
    if (this.reader.peek().kind === 'colon') return this.subquery(expr, range);
    const end = this.reader.expectSymbol(']').end;
    const span = { start: open.start, end };
    if (expr.kind !== 'vector') {
      const detail = 'a range in brackets must stand right after a selector; after anything else write [range:step]';
      this.faults.push({ code: 'type', ...span, detail });
    } else if (expr.offsetMs !== null && expr.offsetMs !== 0) {
      this.faults.push({ code: 'type', ...span, detail: 'offset must stand after the range' });
    } else if (typeof expr.at === 'number') {
      this.faults.push({ code: 'type', ...span, detail: '@ must stand after the range' });
    }
    const selector: VectorSelector = expr.kind === 'vector' ? expr : emptySelector(expr);
    return { kind: 'matrix', selector, rangeMs: range, depth: this.deeper(selector), start: expr.start, end };
  }

  private subquery(expr: Expr, rangeMs: number): Expr {
    this.reader.next();
    const hasStep = !this.reader.isSymbol(']');
    const stepMs = hasStep ? parseDurationIn(this.reader, this.grammar, this.faults, { isPositive: true }) : null;
    const end = this.reader.expectSymbol(']').end;
    const modifiers: Modifiers = { offsetMs: null, at: null };
    return { kind: 'subquery', expr, rangeMs, stepMs, ...modifiers, depth: this.deeper(expr), start: expr.start, end };
  }

  private offset(expr: Expr): Expr {
    const word = this.reader.next();
    const ms = parseDurationIn(this.reader, this.grammar, this.faults, { isPositive: false });
    const target = this.modified(expr, word, 'offset');
    if (!target) return expr;
    if (target.offsetMs !== null && target.offsetMs !== 0) {
      this.faults.push({ code: 'modifier', ...spanOf(word), detail: 'offset may be set only once' });
    } else target.offsetMs = ms;
    expr.end = this.reader.previousEnd;
    return expr;
  }

  private at(expr: Expr): Expr {
    const sign = this.reader.next();
    const moment = this.moment();
    const target = this.modified(expr, sign, '@');
    if (!target) return expr;
    if (target.at !== null) {
      this.faults.push({ code: 'modifier', ...spanOf(sign), detail: '@ may be set only once' });
    } else target.at = moment;
    expr.end = this.reader.previousEnd;
    return expr;
  }

  private moment(): number | 'start' | 'end' {
    for (const word of ['start', 'end'] as const) {
      if (!this.reader.takeKeyword(word)) continue;
      this.reader.expectSymbol('(');
      this.reader.expectSymbol(')');
      return word;
    }
    const sign = this.reader.isSymbol('-') ? -1 : 1;
    if (sign === -1 || this.reader.isSymbol('+')) this.reader.next();
    const token = this.reader.next();
    const isNumber = token.kind === 'number' || (token.kind === 'duration' && this.grammar.numbersAreDurations);
    if (!isNumber) throw this.reader.unexpected(token, 'a time in seconds, start() or end()');
    const seconds = sign * this.number(token);
    if (!(Math.abs(seconds) < 2 ** 63)) {
      this.faults.push({ code: 'number', ...spanOf(token), detail: 'the time after @ is out of bounds' });
    }
    return seconds;
  }

  private modified(expr: Expr, word: Token, name: string): Modifiers | null {
    if (expr.kind === 'vector' || expr.kind === 'subquery') return expr;
    if (expr.kind === 'matrix') return expr.selector;
    const detail = `${name} must stand right after a selector or a subquery`;
    this.faults.push({ code: 'modifier', ...spanOf(word), detail });
    return null;
  }

  private number(token: Token): number {
    const ms = token.kind === 'duration' ? readDuration(token.text) : null;
    const value = token.kind === 'duration' ? (ms === null ? null : ms / 1000) : readNumber(token.text);
    if (value === null) {
      const what = token.kind === 'duration' ? 'a duration' : 'a number';
      this.faults.push({ code: 'number', ...spanOf(token), detail: `"${excerpt(token.text)}" is not ${what}` });
    }
    return value ?? 0;
  }

  private unquoted(token: Token): string {
    const value = unquotePromqlString(token.text);
    if (value === null) throw this.reader.fault(token, 'the string holds an escape that does not exist');
    return value;
  }

  private deeper(...inner: Expr[]): number {
    const depth = 1 + Math.max(0, ...inner.map((expr) => expr.depth));
    if (depth > DEEPEST) throw this.tooDeep();
    return depth;
  }

  private tooDeep(): SyntaxFault {
    return new SyntaxFault({
      code: 'too_deep',
      ...spanOf(this.reader.peek()),
      detail: `nested more than ${DEEPEST} deep`,
    });
  }
}

function isOperator({ kind, text }: Token): boolean {
  return (kind === 'symbol' || kind === 'keyword') && Object.hasOwn(PRECEDENCE, text);
}

function isOneOf({ kind, text }: Token, ...words: string[]): boolean {
  return kind === 'keyword' && words.includes(text);
}

const spanOf = ({ start, end }: Span): Span => ({ start, end });

/** Stands in where a range was put after something that has none. */
function emptySelector({ start, end }: Span): VectorSelector {
  return { kind: 'vector', name: 'x', matchers: [], offsetMs: null, at: null, depth: 1, start, end };
}
