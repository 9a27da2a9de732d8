import { excerpt } from '../../problems';
import { unquotePromqlString } from '../promql-string';
import type { Expr, Span } from './ast';
import type { Grammar } from './grammar';
import type { Token } from './lexer';
import { readDuration, readNumber } from './literals';
import { SyntaxFault, TokenReader, type Fault } from './token-reader';

/** Recursion stops here; nobody nests an expression like that. */
export const DEEPEST = 500;

/** An expression that is being read: where the reading is, and what was wrong so far. */
export class Reading {
  /** What does not stop the reading: unknown functions, wrong numbers of arguments and the like. */
  readonly faults: Fault[] = [];
  readonly reader: TokenReader;

  constructor(
    tokens: Token[],
    readonly grammar: Grammar,
    /** Reads an expression whose operators bind at least as tightly as `least`. */
    readonly expression: (least: number) => Expr,
  ) {
    this.reader = new TokenReader(tokens);
  }

  /** A number, or the seconds of a duration; 0 with a fault for what is neither. */
  number(token: Token): number {
    const ms = token.kind === 'duration' ? readDuration(token.text) : null;
    const value = token.kind === 'duration' ? (ms === null ? null : ms / 1000) : readNumber(token.text);
    if (value === null) {
      const what = token.kind === 'duration' ? 'a duration' : 'a number';
      this.faults.push({ code: 'number', ...spanOf(token), detail: `"${excerpt(token.text)}" is not ${what}` });
    }
    return value ?? 0;
  }

  /** The text inside of quotes. Errors: SyntaxFault. */
  unquoted(token: Token): string {
    const value = unquotePromqlString(token.text);
    if (value === null) throw this.reader.fault(token, 'the string holds an escape that does not exist');
    return value;
  }

  /** The depth of an expression around others. Errors: SyntaxFault when it is too deep. */
  deeper(...inner: Expr[]): number {
    const depth = 1 + Math.max(0, ...inner.map((expr) => expr.depth));
    if (depth > DEEPEST) throw this.tooDeep();
    return depth;
  }

  tooDeep(): SyntaxFault {
    return new SyntaxFault({
      code: 'too_deep',
      ...spanOf(this.reader.peek()),
      detail: `nested more than ${DEEPEST} deep`,
    });
  }
}

/** The place of something, without the rest of it. */
export const spanOf = ({ start, end }: Span): Span => ({ start, end });
