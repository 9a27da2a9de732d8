import { excerpt } from '../../problems';
import type { Span } from './ast';
import type { Token } from './lexer';

/** One thing wrong with an expression. `fix` is what to write in its place, where that is known. */
export interface Fault extends Span {
  code:
    'syntax' | 'unknown_function' | 'arguments' | 'type' | 'modifier' | 'number' | 'duration' | 'regex' | 'too_deep';
  detail: string;
  fix?: string;
}

/** A fault after which nothing more can be read. */
export class SyntaxFault extends Error {
  constructor(readonly fault: Fault) {
    super(fault.detail);
  }
}

/** Signs that other languages use, and what PromQL has in their place. */
const MISTAKEN: Readonly<Record<string, string>> = {
  '=>': '>=',
  '=<': '<=',
  '=': '==',
  '&&': 'and',
  '||': 'or',
};

/** Goes through the tokens of an expression one by one. */
export class TokenReader {
  /** Where the last token that was taken ends. */
  previousEnd = 0;
  private position = 0;

  constructor(private readonly tokens: Token[]) {}

  peek(): Token {
    return this.tokens[Math.min(this.position, this.tokens.length - 1)]!;
  }

  next(): Token {
    const token = this.peek();
    if (token.kind === 'error') throw this.fault(token, token.text);
    this.position += 1;
    this.previousEnd = token.end;
    return token;
  }

  isSymbol(text: string): boolean {
    const token = this.peek();
    return token.kind === 'symbol' && token.text === text;
  }

  isKeyword(text: string): boolean {
    const token = this.peek();
    return token.kind === 'keyword' && token.text === text;
  }

  takeKeyword(text: string): boolean {
    if (!this.isKeyword(text)) return false;
    this.next();
    return true;
  }

  expectSymbol(text: string): Token {
    if (!this.isSymbol(text)) throw this.unexpected(this.peek(), `"${text}"`);
    return this.next();
  }

  expectEnd(): void {
    if (this.peek().kind !== 'end') throw this.unexpected();
  }

  unexpected(token = this.peek(), wanted?: string): SyntaxFault {
    if (token.kind === 'error') return this.fault(token, token.text);
    const expected = wanted === undefined ? '' : `, ${wanted} is`;
    if (token.kind === 'end') {
      const detail = wanted === undefined ? 'something is missing at the end' : `${wanted} is missing at the end`;
      return new SyntaxFault({ code: 'syntax', start: token.start, end: token.end, detail });
    }
    const after = this.tokens[this.tokens.indexOf(token) + 1];
    const pair = after && after.start === token.end ? token.text + after.text : '';
    const written = Object.hasOwn(MISTAKEN, pair) ? pair : token.text;
    const fix = MISTAKEN[written];
    const detail = `"${excerpt(written)}" is not expected here${expected}`;
    const end = token.start + written.length;
    return new SyntaxFault({
      code: 'syntax',
      start: token.start,
      end,
      detail,
      ...(fix === undefined ? {} : { fix }),
    });
  }

  fault({ start, end }: Span, detail: string): SyntaxFault {
    return new SyntaxFault({ code: 'syntax', start, end, detail });
  }
}
