import { excerpt } from '../../problems';
import { tokeniseTemplate, type TemplateToken, type TemplateTokenKind } from './lexer';
import { isGoComplex, isGoNumber, isGoQuoted } from './literals';
import { unquotePromqlString } from '../promql-string';

/** What a template uses, each with its offset, in the order of the text. */
export interface TemplateUse {
  kind: 'function' | 'keyword' | 'variable' | 'field';
  name: string;
  offset: number;
}

/** A template as Go reads it. `fault` is why it does not; `uses` is what was read until there. */
export interface ReadTemplate {
  fault: { detail: string; offset: number } | null;
  uses: TemplateUse[];
}

/** What a template may refer to. */
export interface TemplateNames {
  functions: ReadonlySet<string>;
  /** Variables that are set before it begins, `$labels` and the like. */
  variables: readonly string[];
  /** `{{ else with }}`, since Go 1.23. */
  elseWith: boolean;
}

class TemplateFault extends Error {
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message);
  }
}

/** Deeper nesting is refused; Go has no such limit. */
const DEEPEST = 200;

/** Parses a template as Go's `text/template` does when Prometheus loads a rule: nothing of it is run. */
export function readTemplate(text: string, names: TemplateNames): ReadTemplate {
  if (!text.includes('{{')) return { fault: null, uses: [] };
  const parser = new TemplateParser(tokeniseTemplate(text), names);
  try {
    parser.parse();
    return { fault: null, uses: parser.uses };
  } catch (error) {
    if (!(error instanceof TemplateFault)) throw error;
    return { fault: { detail: error.message, offset: error.offset }, uses: parser.uses };
  }
}

/** How a list of actions ended. */
type Ending = 'end' | 'else' | 'else if' | 'else with';

const OPERANDS: ReadonlySet<TemplateTokenKind> = new Set<TemplateTokenKind>(
  'bool rune complex dot field identifier number nil raw string variable left'.split(' ') as TemplateTokenKind[],
);
/** Values that cannot be called and have no fields. */
const CONSTANTS: ReadonlySet<TemplateTokenKind> = new Set<TemplateTokenKind>(
  'bool dot nil number rune complex string raw'.split(' ') as TemplateTokenKind[],
);

class TemplateParser {
  readonly uses: TemplateUse[] = [];
  private position = 0;
  private variables: string[];
  private ranges = 0;
  private depth = 0;
  private readonly defined = new Set<string>();

  constructor(
    private readonly tokens: TemplateToken[],
    private readonly names: TemplateNames,
  ) {
    this.variables = ['$', ...names.variables];
  }

  parse(): void {
    while (this.peek().kind !== 'end') {
      if (this.peek().kind === 'open' && this.isDefine()) this.define();
      else if (this.textOrAction() !== null) throw this.fault('it belongs to nothing', this.previous());
    }
  }

  private isDefine(): boolean {
    let at = this.position + 1;
    while (this.tokens[at]?.kind === 'space') at += 1;
    const token = this.tokens[at];
    return token?.kind === 'keyword' && token.text === 'define';
  }

  private define(): void {
    this.next();
    const word = this.nextNonSpace();
    this.uses.push({ kind: 'keyword', name: 'define', offset: word.offset });
    const name = this.templateName(this.nextNonSpace());
    this.expectClose();
    this.body(name, word);
  }

  /** The content of a template of its own: no variables from outside are seen in it. */
  private body(name: string, word: TemplateToken): void {
    const [variables, ranges] = [this.variables, this.ranges];
    this.variables = ['$'];
    this.ranges = 0;
    const start = this.position;
    if (this.list(word) !== 'end') throw this.fault('an {{ else }} belongs to nothing', this.previous());
    const isEmpty =
      this.tokens.slice(start, this.position).every((token) => token.kind !== 'text' || token.text.trim() === '') &&
      !this.tokens.slice(start, this.position - 1).some(({ kind }) => OPERANDS.has(kind));
    if (!isEmpty && this.defined.has(name)) throw this.fault(`template "${excerpt(name)}" is defined twice`, word);
    if (!isEmpty) this.defined.add(name);
    this.variables = variables;
    this.ranges = ranges;
  }

  private list(opened: TemplateToken): Ending {
    this.depth += 1;
    if (this.depth > DEEPEST) throw this.fault('the template is nested too deeply', opened);
    while (this.peekNonSpace().kind !== 'end') {
      const ending = this.textOrAction();
      if (ending !== null) {
        this.depth -= 1;
        return ending;
      }
    }
    throw this.fault(`the {{ ${opened.text} }} has no {{ end }}`, opened);
  }

  private textOrAction(): Ending | null {
    const token = this.nextNonSpace();
    if (token.kind === 'text') return null;
    if (token.kind === 'open') return this.action();
    throw this.unexpected(token);
  }

  private action(): Ending | null {
    const token = this.nextNonSpace();
    if (token.kind !== 'keyword') {
      this.back(token);
      this.pipeline('an action', 'close');
      return null;
    }
    this.uses.push({ kind: 'keyword', name: token.text, offset: token.offset });
    switch (token.text) {
      case 'end':
        this.expectClose();
        return 'end';
      case 'else':
        return this.elseEnding();
      case 'break':
      case 'continue':
        this.expectClose();
        if (this.ranges === 0) throw this.fault(`{{ ${token.text} }} stands in no {{ range }}`, token);
        return null;
      case 'if':
      case 'range':
      case 'with':
        this.control(token);
        return null;
      case 'template':
        this.template();
        return null;
      case 'block': {
        const name = this.templateName(this.nextNonSpace());
        this.pipeline('a block', 'close');
        this.body(name, token);
        return null;
      }
      default:
        throw this.fault(`"${token.text}" cannot stand here`, token);
    }
  }

  private elseEnding(): Ending {
    const next = this.peekNonSpace();
    if (next.kind === 'keyword' && next.text === 'if') return 'else if';
    if (next.kind === 'keyword' && next.text === 'with' && this.names.elseWith) return 'else with';
    this.expectClose();
    return 'else';
  }

  private control(word: TemplateToken): void {
    const known = this.variables.length;
    this.pipeline(word.text, 'close');
    if (word.text === 'range') this.ranges += 1;
    const ending = this.list(word);
    if (word.text === 'range') this.ranges -= 1;
    if (ending === `else ${word.text}`) {
      const nested = this.nextNonSpace();
      this.uses.push({ kind: 'keyword', name: nested.text, offset: nested.offset });
      this.control(nested);
    } else if (ending.startsWith('else ')) {
      // Go leaves the second word where it is, and then does not expect it.
      throw this.unexpected(this.nextNonSpace());
    } else if (ending === 'else' && this.list(word) !== 'end') {
      throw this.fault('there is more than one {{ else }}', this.previous());
    }
    this.variables.length = known;
  }

  private template(): void {
    this.templateName(this.nextNonSpace());
    if (this.peekNonSpace().kind === 'close') this.nextNonSpace();
    else this.pipeline('a template', 'close');
  }

  private templateName(token: TemplateToken): string {
    if (token.kind !== 'string' && token.kind !== 'raw') throw this.unexpected(token);
    this.checkString(token);
    return unquotePromqlString(token.text) ?? token.text;
  }

  private pipeline(context: string, end: 'close' | 'right'): void {
    const start = this.peekNonSpace();
    this.declarations(context);
    let commands = 0;
    for (;;) {
      const token = this.nextNonSpace();
      if (token.kind === end) break;
      if (!OPERANDS.has(token.kind)) throw this.unexpected(token);
      this.back(token);
      const first = this.command();
      commands += 1;
      if (commands > 1 && CONSTANTS.has(first.kind)) {
        throw this.fault(`"${excerpt(first.text)}" cannot take a value after "|"`, first);
      }
    }
    if (commands === 0) throw this.fault('a value is missing', start);
  }

  private declarations(context: string): void {
    for (let count = 0; this.peekNonSpace().kind === 'variable';) {
      const mark = this.position;
      const variable = this.nextNonSpace();
      const next = this.peekNonSpace();
      if (next.kind === 'assign' || next.kind === 'declare') {
        this.nextNonSpace();
        this.variables.push(variable.text);
        return;
      }
      if (next.kind !== 'char' || next.text !== ',') {
        this.position = mark;
        return;
      }
      this.nextNonSpace();
      this.variables.push(variable.text);
      count += 1;
      const follows = ['variable', 'close', 'right'].includes(this.peekNonSpace().kind);
      if (context !== 'range' || count > 1) throw this.fault('only {{ range }} sets two variables', next);
      if (!follows) throw this.fault('a second variable is missing', this.peekNonSpace());
    }
  }

  /** Reads one command and answers its first token. */
  private command(): TemplateToken {
    const first = this.peekNonSpace();
    for (;;) {
      this.peekNonSpace();
      this.operand();
      const token = this.next();
      if (token.kind === 'space') continue;
      if (token.kind === 'close' || token.kind === 'right') this.position -= 1;
      else if (token.kind !== 'pipe') throw this.unexpected(token);
      return first;
    }
  }

  private operand(): void {
    const token = this.peekNonSpace();
    if (!OPERANDS.has(token.kind)) return;
    this.nextNonSpace();
    this.term(token);
    if (this.peek().kind !== 'field') return;
    if (CONSTANTS.has(token.kind)) throw this.fault(`"${excerpt(token.text)}" has no fields`, token);
    while (this.peek().kind === 'field') {
      const field = this.next();
      this.uses.push({ kind: 'field', name: field.text.slice(1), offset: field.offset });
    }
  }

  private term(token: TemplateToken): void {
    const { kind, text, offset } = token;
    if (kind === 'identifier') {
      if (!this.names.functions.has(text)) throw this.fault(`function "${excerpt(text)}" is not known`, token);
      this.uses.push({ kind: 'function', name: text, offset });
    } else if (kind === 'variable') {
      if (!this.variables.includes(text)) throw this.fault(`variable "${excerpt(text)}" is not known`, token);
      this.uses.push({ kind: 'variable', name: text, offset });
    } else if (kind === 'field') this.uses.push({ kind: 'field', name: text.slice(1), offset });
    else if (kind === 'left') this.pipeline('parentheses', 'right');
    else if (kind === 'string' || kind === 'rune') this.checkString(token);
    else if (kind === 'number' && !isGoNumber(text)) throw this.fault(`"${excerpt(text)}" is not a number`, token);
    else if (kind === 'complex' && !isGoComplex(text)) throw this.fault(`"${excerpt(text)}" is not a number`, token);
  }

  private checkString(token: TemplateToken): void {
    if (token.kind === 'raw') return;
    const quote = token.kind === 'rune' ? "'" : '"';
    if (!isGoQuoted(token.text, quote)) throw this.fault('a text holds an escape that does not exist', token);
  }

  private expectClose(): void {
    const token = this.nextNonSpace();
    if (token.kind !== 'close') throw this.unexpected(token);
  }

  private peek(): TemplateToken {
    return this.tokens[this.position]!;
  }

  private peekNonSpace(): TemplateToken {
    while (this.peek().kind === 'space') this.position += 1;
    return this.peek();
  }

  private next(): TemplateToken {
    const token = this.peek();
    if (token.kind === 'error') throw this.fault(token.text, token);
    if (token.kind !== 'end') this.position += 1;
    return token;
  }

  private nextNonSpace(): TemplateToken {
    this.peekNonSpace();
    return this.next();
  }

  private previous(): TemplateToken {
    return this.tokens[Math.max(0, this.position - 1)]!;
  }

  private back(token: TemplateToken): void {
    this.position = this.tokens.indexOf(token);
  }

  private unexpected(token: TemplateToken): TemplateFault {
    const what = token.kind === 'end' ? 'the template ends too early' : `"${excerpt(token.text)}" is not expected here`;
    return this.fault(what, token);
  }

  private fault(detail: string, { offset }: TemplateToken): TemplateFault {
    return new TemplateFault(detail, offset);
  }
}
