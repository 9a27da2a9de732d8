import { excerpt } from '../../problems';
import type { Span } from './ast';
import { versionNumber, type Grammar } from './grammar';
import { scanNumber } from './scan-number';

/** What a token is: punctuation and operators stand for themselves. */
export type TokenKind =
  'end' | 'error' | 'identifier' | 'metric' | 'keyword' | 'number' | 'duration' | 'string' | 'colon' | 'symbol';

/** A token with its place. `text` is as written (`raw`), but of a keyword in lower case and of an error the message. */
export interface Token extends Span {
  kind: TokenKind;
  text: string;
  raw: string;
}

const KEYWORDS: ReadonlySet<string> = new Set(
  `and or unless atan2 sum avg count min max group stddev stdvar topk bottomk count_values quantile offset by without
  on ignoring group_left group_right bool start end`.split(/\s+/),
);
const LIMITS: ReadonlySet<string> = new Set(['limitk', 'limit_ratio']);
const NUMBER_WORDS: ReadonlySet<string> = new Set(['inf', 'nan']);
const SPACES = /[ \t\n\r]+/y;
const WORD = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL = /[a-zA-Z_][a-zA-Z0-9_]*/y;
const COMMENT = /#[^\r\n]*/y;
const RAW_STRING = /`[^`\ufffd]*`/y;
/** What may follow the digits of a duration; order and units are checked when it is read. */
const DURATION_REST = /[smhdwy]s?(?:[0-9]+[smhdw]s?)*(?![a-zA-Z0-9_])/y;
const ESCAPE = /\\(?:[abfnrtv\\]|[0-3][0-7]{2}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})/y;
/** Last version with that, 3.5. */
const LETTERS_ARE_COLONS = versionNumber(3, 5);
const DIGIT = /[0-9]/;
const ALPHA = /[a-zA-Z_]/;

class LexicalFault extends Error {
  constructor(
    message: string,
    readonly at: number,
  ) {
    super(message);
  }
}

/** Splits an expression into tokens as the given Prometheus does. The last one is `end`, or `error` where it would stop. */
export function tokenise(text: string, grammar: Grammar): Token[] {
  const lexer = new Lexer(text, grammar);
  try {
    return lexer.run();
  } catch (error) {
    if (!(error instanceof LexicalFault)) throw error;
    return [...lexer.tokens, { kind: 'error', text: error.message, raw: '', start: error.at, end: text.length }];
  }
}

class Lexer {
  readonly tokens: Token[] = [];
  private at = 0;
  private parens = 0;
  private inBraces = false;
  private inBrackets = false;
  private gotColon = false;

  constructor(
    private readonly text: string,
    private readonly grammar: Grammar,
  ) {}

  run(): Token[] {
    for (;;) {
      if (this.match(SPACES) || this.match(COMMENT)) continue;
      if (this.at >= this.text.length) return this.finish();
      if (this.inBraces) this.insideBraces();
      else this.statement();
    }
  }

  private finish(): Token[] {
    if (this.inBraces) throw new LexicalFault('a "{" is not closed', this.text.lastIndexOf('{'));
    if (this.parens !== 0) throw new LexicalFault('a "(" is not closed', this.openParen());
    if (this.inBrackets) throw new LexicalFault('a "[" is not closed', this.text.lastIndexOf('['));
    this.emit('end', 0);
    return this.tokens;
  }

  private openParen(): number {
    const open: number[] = [];
    for (const { kind, text, start } of this.tokens) {
      if (kind !== 'symbol') continue;
      if (text === '(') open.push(start);
      if (text === ')') open.pop();
    }
    return open.at(-1) ?? 0;
  }

  private statement(): void {
    const char = this.text[this.at]!;
    const next = this.text[this.at + 1] ?? '';
    if (',*/%+-^@'.includes(char)) this.emit('symbol', 1);
    else if (char === '=' && next === '~') throw this.fault('"=~" only stands in braces');
    else if (char === '!' && next !== '=') throw this.fault('a "!" needs "=" after it');
    else if ('=!<>'.includes(char)) this.emit('symbol', next === '=' ? 2 : 1);
    else if (DIGIT.test(char) || (char === '.' && DIGIT.test(next))) this.number();
    else if ('"\'`'.includes(char)) this.string();
    else if (ALPHA.test(char) || char === ':') this.word(char);
    else if (char === '(') {
      this.parens += 1;
      this.emit('symbol', 1);
    } else if (char === ')') {
      this.parens -= 1;
      if (this.parens < 0) throw this.fault('a ")" has no "("');
      this.emit('symbol', 1);
    } else if (char === '{') {
      this.inBraces = true;
      this.emit('symbol', 1);
    } else if (char === '[') this.bracket();
    else if (char === ']') {
      if (!this.inBrackets) throw this.fault('a "]" has no "["');
      this.inBrackets = false;
      this.emit('symbol', 1);
    } else throw this.fault(`"${excerpt(this.charAt())}" is not expected here`);
  }

  private word(char: string): void {
    if (!this.inBrackets) return this.keywordOrName();
    // Prometheus takes any letter for the colon of a subquery; later versions do not.
    if (char !== ':' && this.grammar.number > LETTERS_ARE_COLONS) {
      throw this.fault(`"${char}" is not expected in brackets`);
    }
    if (this.gotColon) throw this.fault(`"${char}" is not expected here`);
    this.gotColon = true;
    this.emit('colon', 1);
  }

  private keywordOrName(): void {
    const word = this.read(WORD);
    const lower = word.toLowerCase();
    const isKeyword = KEYWORDS.has(lower) || (this.grammar.limitAggregations && LIMITS.has(lower));
    if (isKeyword) this.emit('keyword', word.length, lower);
    else if (NUMBER_WORDS.has(lower)) this.emit('number', word.length);
    else this.emit(word.includes(':') ? 'metric' : 'identifier', word.length);
  }

  private bracket(): void {
    if (this.inBrackets) throw this.fault('a "[" stands inside of brackets');
    this.gotColon = false;
    this.inBrackets = true;
    this.emit('symbol', 1);
    this.match(SPACES);
    if (this.grammar.numbersAreDurations) {
      if ('#:'.includes(this.text[this.at] ?? ' ')) throw this.fault('a duration is missing here');
      return;
    }
    const { length, isNumber } = scanNumber(this.text, this.at, this.grammar);
    if (isNumber && length > 0) throw this.fault('a duration needs a unit, such as 5m', this.at);
    this.duration(length);
  }

  private number(): void {
    const { length, isNumber } = scanNumber(this.text, this.at, this.grammar);
    if (isNumber) this.emit('number', length);
    else this.duration(length);
  }

  /** The rest of a duration, after its first `length` characters. */
  private duration(length: number): void {
    DURATION_REST.lastIndex = this.at + length;
    const rest = DURATION_REST.exec(this.text)?.[0];
    if (rest === undefined) {
      const written = /^[^\s)\]},]*/.exec(this.text.slice(this.at))?.[0] ?? '';
      throw this.fault(
        written === '' ? 'a duration is missing here' : `"${excerpt(written)}" is neither a number nor a duration`,
      );
    }
    this.emit('duration', length + rest.length);
  }

  private insideBraces(): void {
    const char = this.text[this.at]!;
    const next = this.text[this.at + 1] ?? '';
    if (ALPHA.test(char)) this.emit('identifier', this.read(LABEL).length);
    else if (char === ',') this.emit('symbol', 1);
    else if ('"\'`'.includes(char)) this.string();
    else if (char === '=') this.emit('symbol', next === '~' ? 2 : 1);
    else if (char === '!') {
      if (next !== '~' && next !== '=') throw this.fault('a "!" needs "=" or "~" after it');
      this.emit('symbol', 2);
    } else if (char === '}') {
      this.inBraces = false;
      this.emit('symbol', 1);
    } else throw this.fault(`"${excerpt(this.charAt())}" is not expected in braces`);
  }

  private string(): void {
    const quote = this.text[this.at]!;
    if (quote === '`') {
      const raw = this.read(RAW_STRING);
      if (raw === '') throw this.fault('the string is not closed, or holds a character that does not exist');
      return this.emit('string', raw.length);
    }
    let end = this.at + 1;
    for (;;) {
      const char = this.text[end];
      if (char === undefined || char === '\n') throw this.fault('the string is not closed');
      if (char === quote) break;
      if (char === '\ufffd') throw this.fault('the string holds a character that does not exist');
      end += char === '\\' ? this.escape(end, quote) : 1;
    }
    this.emit('string', end + 1 - this.at);
  }

  private escape(at: number, quote: string): number {
    if (this.text[at + 1] === quote) return 2;
    ESCAPE.lastIndex = at;
    const escape = ESCAPE.exec(this.text)?.[0];
    const code = escape && /^\\[uU]/.test(escape) ? parseInt(escape.slice(2), 16) : 0;
    if (escape === undefined || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
      throw new LexicalFault('the string holds an escape that does not exist', at);
    }
    return escape.length;
  }

  private read(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    return pattern.exec(this.text)?.[0] ?? '';
  }

  /** Goes on after what the pattern finds here; false when it finds nothing. */
  private match(pattern: RegExp): boolean {
    const found = this.read(pattern);
    this.at += found.length;
    return found !== '';
  }

  private charAt(): string {
    return String.fromCodePoint(this.text.codePointAt(this.at)!);
  }

  private emit(kind: TokenKind, length: number, text?: string): void {
    const raw = this.text.slice(this.at, this.at + length);
    this.tokens.push({ kind, text: text ?? raw, raw, start: this.at, end: this.at + length });
    this.at += length;
  }

  private fault(message: string, at = this.at): LexicalFault {
    return new LexicalFault(message, at);
  }
}
