import { excerpt } from '../../problems';

/** What a token of a template is; `char` is punctuation, `keyword` includes `if`, `end` and the like. */
export type TemplateTokenKind =
  | 'text'
  | 'open'
  | 'close'
  | 'space'
  | 'string'
  | 'raw'
  | 'rune'
  | 'number'
  | 'complex'
  | 'bool'
  | 'nil'
  | 'dot'
  | 'field'
  | 'variable'
  | 'identifier'
  | 'keyword'
  | 'pipe'
  | 'assign'
  | 'declare'
  | 'char'
  | 'left'
  | 'right'
  | 'error'
  | 'end';

/** A token with its offset; the text of an error is its message. */
export interface TemplateToken {
  kind: TemplateTokenKind;
  text: string;
  offset: number;
}

const KEYWORDS: ReadonlySet<string> = new Set('block break continue define else end if range template with'.split(' '));
const WORD = /[\p{L}\p{Nd}_]*/uy;
const STRING = /"(?:[^"\\\n]|\\[^\n])*"/y;
const RUNE = /'(?:[^'\\\n]|\\[^\n])*'/y;
const RAW = /`[^`]*`/y;
const NUMBER =
  /[+-]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?|0[oO][0-7_]*(?:\.[0-7_]*)?|0[bB][01_]*(?:\.[01_]*)?|[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?)i?/y;
const SPACES = /[ \t\r\n]+/y;
const TERMINATORS = ' \t\r\n.,|:)(';
const WORD_CHARACTER = /^[\p{L}\p{Nd}_]/u;

class Stop extends Error {
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message);
  }
}

/** Splits a template as Go's `text/template` does. The last token is `end`, or `error` where Go would stop. */
export function tokeniseTemplate(text: string): TemplateToken[] {
  const lexer = new TemplateLexer(text);
  try {
    lexer.run();
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    lexer.tokens.push({ kind: 'error', text: error.message, offset: error.offset });
  }
  return lexer.tokens;
}

class TemplateLexer {
  readonly tokens: TemplateToken[] = [];
  private at = 0;

  constructor(private readonly text: string) {}

  run(): void {
    while (this.at < this.text.length) {
      const open = this.text.indexOf('{{', this.at);
      if (open === -1) break;
      const isTrimmed = /^-[ \t\r\n]/.test(this.text.slice(open + 2, open + 4));
      const before = this.text.slice(this.at, open);
      const kept = isTrimmed ? before.replace(/[ \t\r\n]+$/, '') : before;
      if (kept !== '') this.tokens.push({ kind: 'text', text: kept, offset: this.at });
      this.at = open + 2 + (isTrimmed ? 2 : 0);
      if (this.text.startsWith('/*', this.at)) this.comment();
      else {
        this.tokens.push({ kind: 'open', text: '{{', offset: open });
        this.action(open);
      }
    }
    if (this.at < this.text.length) this.tokens.push({ kind: 'text', text: this.text.slice(this.at), offset: this.at });
    this.tokens.push({ kind: 'end', text: '', offset: this.text.length });
  }

  private comment(): void {
    const start = this.at;
    const close = this.text.indexOf('*/', this.at + 2);
    if (close === -1) throw new Stop('a comment is not closed', start);
    this.at = close + 2;
    if (!this.closes()) throw new Stop('"}}" must follow right after a comment', this.at);
    this.afterClose();
  }

  /** Whether "}}" stands here, with or without the sign that trims. */
  private closes(): boolean {
    return this.text.startsWith('}}', this.at) || this.closesTrimmed();
  }

  private closesTrimmed(): boolean {
    return ' \t\r\n'.includes(this.text[this.at] ?? 'x') && this.text.startsWith('-}}', this.at + 1);
  }

  private afterClose(): void {
    const isTrimmed = this.closesTrimmed();
    this.at += isTrimmed ? 4 : 2;
    if (!isTrimmed) return;
    SPACES.lastIndex = this.at;
    this.at += SPACES.exec(this.text)?.[0].length ?? 0;
  }

  private action(open: number): void {
    let depth = 0;
    for (;;) {
      const at = this.at;
      if (this.closes()) {
        if (depth > 0) throw new Stop('a "(" is not closed', at);
        this.tokens.push({ kind: 'close', text: '}}', offset: at });
        return this.afterClose();
      }
      const char = this.text[at];
      if (char === undefined) throw new Stop('a "{{" is not closed', open);
      if (char === '(') depth += 1;
      if (char === ')') depth -= 1;
      if (depth < 0) throw new Stop('a ")" has no "("', at);
      this.token(char);
    }
  }

  private token(char: string): void {
    const next = this.text[this.at + 1] ?? '';
    if (' \t\r\n'.includes(char)) this.spaces();
    else if (char === ':') {
      if (next !== '=') throw new Stop('":" needs "=" after it', this.at);
      this.emit('declare', 2);
    } else if (char === '=') this.emit('assign', 1);
    else if (char === '|') this.emit('pipe', 1);
    else if (char === '"') this.quoted('string', STRING);
    else if (char === '`') this.quoted('raw', RAW);
    else if (char === "'") this.quoted('rune', RUNE);
    else if (char === '$') this.variable();
    else if (char === '.' && this.at + 1 < this.text.length && !/[0-9]/.test(next)) this.field();
    else if (/[-+.0-9]/.test(char)) this.number();
    else if (WORD_CHARACTER.test(this.rest())) this.word();
    else if (char === '(') this.emit('left', 1);
    else if (char === ')') this.emit('right', 1);
    else if (/[!-~]/.test(char)) this.emit('char', 1);
    else throw new Stop(`"${excerpt([...this.rest().slice(0, 2)][0]!)}" is not expected in a template`, this.at);
  }

  private spaces(): void {
    SPACES.lastIndex = this.at;
    let length = SPACES.exec(this.text)![0].length;
    // The last space before "-}}" belongs to it.
    if (this.text.startsWith('-}}', this.at + length)) length -= 1;
    if (length > 0) this.emit('space', length);
  }

  private quoted(kind: TemplateTokenKind, pattern: RegExp): void {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined) throw new Stop('a text in quotes is not closed', this.at);
    this.emit(kind, found.length);
  }

  private variable(): void {
    if (this.isTerminated(this.at + 1)) return this.emit('variable', 1);
    this.name('variable');
  }

  private field(): void {
    if (this.isTerminated(this.at + 1)) return this.emit('dot', 1);
    this.name('field');
  }

  /** A name after its first character, `$` or `.`. */
  private name(kind: TemplateTokenKind): void {
    const length = 1 + this.wordAt(this.at + 1).length;
    this.requireEnd(this.at + length);
    this.emit(kind, length);
  }

  private number(): void {
    const length = this.numberAt(this.at);
    let end = this.at + length;
    let kind: TemplateTokenKind = 'number';
    if (/[-+]/.test(this.text[end] ?? '')) {
      end += this.numberAt(end);
      if (this.text[end - 1] !== 'i') throw new Stop('this is no number', this.at);
      kind = 'complex';
    }
    this.emit(kind, end - this.at);
  }

  private numberAt(at: number): number {
    NUMBER.lastIndex = at;
    const length = NUMBER.exec(this.text)![0].length;
    if (WORD_CHARACTER.test(this.text.slice(at + length, at + length + 2))) throw new Stop('this is no number', at);
    return length;
  }

  private word(): void {
    const word = this.wordAt(this.at);
    this.requireEnd(this.at + word.length);
    if (KEYWORDS.has(word)) this.emit('keyword', word.length);
    else if (word === 'true' || word === 'false') this.emit('bool', word.length);
    else this.emit(word === 'nil' ? 'nil' : 'identifier', word.length);
  }

  private wordAt(at: number): string {
    WORD.lastIndex = at;
    return WORD.exec(this.text)?.[0] ?? '';
  }

  private isTerminated(at: number): boolean {
    const char = this.text[at];
    return char === undefined || TERMINATORS.includes(char) || this.text.startsWith('}}', at);
  }

  private requireEnd(at: number): void {
    if (!this.isTerminated(at)) throw new Stop(`"${excerpt(this.text[at]!)}" cannot follow a name`, at);
  }

  private rest(): string {
    return this.text.slice(this.at, this.at + 2);
  }

  private emit(kind: TemplateTokenKind, length: number): void {
    this.tokens.push({ kind, text: this.text.slice(this.at, this.at + length), offset: this.at });
    this.at += length;
  }
}
