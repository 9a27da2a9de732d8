import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  visit,
  type Document,
  type Node,
  type YAMLParseError,
} from 'yaml';
import { excerpt } from '../problems';
import { isCloseComment } from './close-comment';
import { DOUBLE_QUOTES, followingFault, SINGLE_QUOTES } from './following-text';
import { leadingTab, type Span, type TabSpans } from './leading-tabs';
import { strictSyntaxFault } from './strict-syntax';
import type { ScalarStyle, YamlNode } from './yaml-node';

/** Where something stands in a text; both count from 1. */
export interface TextPosition {
  line: number;
  column: number;
}

/** The first document of a YAML stream and where the second begins if there is one, or why go-yaml would not read it. */
type ReadDocument =
  | { root: YamlNode | null; next: number | null; position: (offset: number) => TextPosition }
  | { fault: string; position: (offset: number) => TextPosition; offset: number };

/** Larger files are refused before they are read, unless more is asked for; the largest known configurations are a tenth of this. */
const LONGEST = 2_000_000;
/** A text with faults that can be mended is read once more for each of them, up to so many characters in all: about a second. */
const MOST_READ_AGAIN = 250_000;
/** Aliases repeat what they stand for; so much may a file grow by them. */
const MOST_REPEATED = 200_000;

/** Which go-yaml reads: version 2 in Alertmanager, version 3 in Prometheus. */
export type GoYaml = 2 | 3;

/** What a caller knows of a text. */
export interface TextTerms {
  /** The most characters it may have. */
  longest?: number;
  /** Its bytes were seen to be UTF-8, so that a replacement character in it stands for itself. */
  isUtf8?: boolean;
}

/** Reads the first document of a stream, which is all that Alertmanager and Prometheus look at. Never throws. */
export function readDocument(written: string, reader: GoYaml = 2, terms: TextTerms = {}): ReadDocument {
  const { longest = LONGEST, isUtf8 = false } = terms;
  const text = withPlainLineEnds(written, reader);
  if (text.length > longest) {
    return { fault: `is longer than ${longest} characters`, offset: 0, position: () => ({ line: 1, column: 1 }) };
  }
  return readText(text, reader, { position: positionsIn(text), read: 0, isUtf8 });
}

function positionsIn(text: string): (offset: number) => TextPosition {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (const { index } of text.matchAll(/\n/g)) lines.addNewLine(index + 1);
  return (offset) => {
    const { line, col } = lines.linePos(Math.max(0, Math.min(offset, text.length)));
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
}

/** What is the same however often a text is read. */
interface Reading {
  position: (offset: number) => TextPosition;
  isUtf8: boolean;
  /** Characters read so far. */
  read: number;
}

function readText(text: string, reader: GoYaml, { position, read, isUtf8 }: Reading): ReadDocument {
  const again: Reading = { position, isUtf8, read: read + text.length };
  const refuse = (fault: string, offset = 0): ReadDocument => ({ fault, offset, position });
  const early = strictSyntaxFault(text, reader, isUtf8);
  if (early) return refuse(early.fault, early.offset);
  let document: Document | undefined;
  let second: Document | undefined;
  try {
    [document, second] = parseAllDocuments(text, {
      version: '1.1',
      schema: 'failsafe',
      uniqueKeys: false,
      logLevel: 'silent',
      prettyErrors: false,
    }) as Document[];
  } catch {
    return refuse('is nested too deeply to be read');
  }
  if (!document) {
    const tab = leadingTab(text, text.length, { texts: [], brackets: [] }, { start: 0, end: 0 });
    return tab === null || reader === 2
      ? { root: null, next: null, position }
      : refuse('has a tab where only spaces may stand', tab);
  }
  const [error] = document.errors.filter((each) => counts(each, document, text, reader));
  if (error) {
    // A file that is made of such texts must not take minutes.
    const joined = again.read < MOST_READ_AGAIN ? withQuotesJoined(document, text) : null;
    if (joined !== null) return readText(joined, reader, again);
    const end = endByIndentation(document, text, error.pos[0]);
    if (end === null) return refuse(sentenceOf(error.message), error.pos[0]);
    const fault = followingFault(text.slice(end), false);
    return fault === null ? readText(text.slice(0, end), reader, again) : refuse(fault, end);
  }
  const begin = document.contents?.range?.[0] ?? Infinity;
  const directive = document.warnings.find(({ code, pos }) => code === 'BAD_DIRECTIVE' && pos[0] < begin);
  if (directive) return refuse('has a directive that is not known', directive.pos[0]);
  try {
    const converter = new Converter(document, text);
    const contents = document.contents as Node | null;
    const root = contents === null ? null : converter.convert(contents);
    const tab = leadingTab(text, endOf(document, text), converter.spans, spanOf(contents ?? {}));
    const next = second?.contents?.range?.[0] ?? null;
    return tab === null ? { root, next, position } : refuse('has a tab where only spaces may stand', tab);
  } catch (error) {
    if (error instanceof SyntaxFault) return refuse(error.message, error.offset);
    if (error instanceof RangeError) return refuse('is nested too deeply to be read');
    throw error;
  }
}

/** go-yaml's characters of anchors; YAML has more. */
const ANCHOR = /^[\w-]+$/;

/** The library's words for the ways of writing text. */
const STYLES: Readonly<Record<string, ScalarStyle>> = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'literal',
  BLOCK_FOLDED: 'folded',
};

/** An end of a document, after which Alertmanager reads no further. */
const MARKER = /(?:^|[\r\n])(?:---|\.\.\.)(?:\s|$)/;

const MARKER_LINE = /[\r\n](?:---|\.\.\.)(?:\s|$)/;

/** Where the first document ends: at the next marker, or with the text. */
function endOf({ range }: Document, text: string): number {
  const from = range?.[1] ?? 0;
  const marker = MARKER.exec(text.slice(from));
  return marker ? from + marker.index : text.length;
}

/**
 * For go-yaml the lines of a quoted text may begin anywhere, the library ends it where they are not indented. The text with the lines
 * of the first such one joined, as they are read anyway; every character keeps its place. Null when there is none.
 */
function withQuotesJoined(document: Document, text: string): string | null {
  let joined: string | null = null;
  visit(document, {
    Scalar(_key, { type, range }) {
      const start = range?.[0] ?? 0;
      const quotes = type === 'QUOTE_DOUBLE' ? DOUBLE_QUOTES : type === 'QUOTE_SINGLE' ? SINGLE_QUOTES : null;
      const [whole = ''] = quotes?.exec(text.slice(start)) ?? [];
      if (start + whole.length <= (range?.[1] ?? 0) || MARKER_LINE.test(whole)) return undefined;
      joined = text.slice(0, start) + whole.replaceAll('\n', ' ') + text.slice(start + whole.length);
      return visit.BREAK;
    },
  });
  return joined;
}

/**
 * The beginning of the line at `offset` when it is indented less than the first line of the document, which is its end for go-yaml; null
 * when it is not.
 */
function endByIndentation({ contents }: Document, text: string, offset: number): number | null {
  const root = contents as Node | null;
  if (!(isMap(root) || isSeq(root)) || root.flow === true) return null;
  const start = root.range?.[0] ?? 0;
  const lineOf = (at: number): number => text.lastIndexOf('\n', at - 1) + 1;
  const line = lineOf(offset);
  const indentation = /^ */.exec(text.slice(line))![0].length;
  return line > start && indentation < start - lineOf(start) ? line : null;
}

/** Line ends as the library knows them, of the same length: go-yaml has more of them. */
function withPlainLineEnds(text: string, reader: GoYaml): string {
  if (reader === 2) return text;
  return text.replace(/\r(?!\n)|[\u0085\u2028\u2029]/g, '\n');
}

/** The library is stricter where brackets close, and reports faults of the second document with the first. */
function counts(error: YAMLParseError, document: Document, text: string, reader: GoYaml): boolean {
  const { code, message, pos } = error;
  const { range } = document;
  if (isCloseComment(error, text)) return false;
  // Quotes that run over the end of the document.
  if (reader === 3 && code === 'MISSING_CHAR' && message.startsWith('Missing closing')) return true;
  const root = document.contents as Node | null;
  const endsByItself = isScalar(root) || ((isMap(root) || isSeq(root)) && root.flow === true);
  const end = endsByItself ? (root?.range?.[1] ?? 0) : Infinity;
  // What stands in a line of its own after the last bracket, or a lone text, would be the next document.
  if (reader === 3 && pos[0] >= end && text.slice(end, pos[0]).includes('\n')) return false;
  // The same message is for brackets that never close.
  if (code === 'BAD_INDENT' && message.startsWith('Flow ') && /[\]}]/.test(text[pos[0]] ?? '')) return false;
  return !MARKER.test(text.slice(range?.[1] ?? text.length, pos[0]));
}

/** Something that the YAML library takes and go-yaml does not. */
class SyntaxFault extends Error {
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message);
  }
}

class Converter {
  /** Where tabs may begin a line. */
  readonly spans: TabSpans = { texts: [], brackets: [] };
  private readonly anchors = new Map<string, Node>();
  private readonly open = new Set<Node>();
  private nodes = 0;
  private repeated = 0;
  private aliasDepth = 0;
  private flowDepth = 0;

  constructor(
    private readonly document: Document,
    private readonly text: string,
  ) {}

  convert(node: Node): YamlNode {
    const offset = node.range?.[0] ?? 0;
    this.nodes += 1;
    if (this.aliasDepth > 0) this.repeated += 1;
    // go-yaml suspects a bomb when almost everything comes from aliases.
    const isBomb = this.repeated > 100 && this.nodes > 900 && this.repeated > 0.95 * this.nodes;
    if (isBomb || this.repeated > MOST_REPEATED)
      throw new SyntaxFault('is larger than anybody could mean, aliases included', offset);
    if (isAlias(node)) return this.aliased(node.source, offset);
    if ('anchor' in node && typeof node.anchor === 'string') {
      if (!ANCHOR.test(node.anchor))
        throw new SyntaxFault('has an anchor of other characters than letters and digits', offset);
      this.anchors.set(node.anchor, node);
    }
    if (isScalar(node)) return this.scalar(node, offset);
    this.open.add(node);
    const isFlow = 'flow' in node && node.flow === true;
    if (isFlow) {
      this.flowDepth += 1;
      this.spans.brackets.push(spanOf(node));
    }
    try {
      if (isSeq(node)) return { kind: 'list', offset, items: node.items.map((item) => this.child(item, offset)) };
      if (!isMap(node)) throw new SyntaxFault('holds something that cannot be read', offset);
      const entries = node.items.map(({ key, value }) => {
        this.refuseMissingKey(key);
        return { key: this.child(key, offset), value: this.child(value, offset) };
      });
      return { kind: 'mapping', offset, entries };
    } finally {
      this.open.delete(node);
      if (isFlow) this.flowDepth -= 1;
    }
  }

  /** A colon with nothing before it; only after a question mark may a key be nothing. */
  private refuseMissingKey(key: unknown): void {
    if (!isScalar(key) || key.source !== '' || (key.type !== undefined && key.type !== 'PLAIN')) return;
    if (key.tag !== undefined || key.anchor !== undefined) return;
    const offset = key.range?.[0] ?? 0;
    const before = this.text.slice(0, offset).trimEnd();
    if (!before.endsWith('?')) throw new SyntaxFault('has a colon with no key before it', offset);
  }

  private child(item: unknown, parent: number): YamlNode {
    if (item === null || item === undefined) {
      return { kind: 'scalar', offset: parent, text: '', tag: null, isPlain: true };
    }
    return this.convert(item as Node);
  }

  private aliased(name: string, offset: number): YamlNode {
    const target = this.anchors.get(name);
    if (!target) throw new SyntaxFault(`refers to "${excerpt(name)}", which stands nowhere before it`, offset);
    if (this.open.has(target)) throw new SyntaxFault(`has an anchor "${excerpt(name)}" that contains itself`, offset);
    this.aliasDepth += 1;
    try {
      return { ...this.convert(target), alias: name };
    } finally {
      this.aliasDepth -= 1;
    }
  }

  private scalar(node: { value: unknown; tag?: string; type?: string; source?: string }, offset: number): YamlNode {
    const text = String(node.value ?? '');
    if (node.type !== 'PLAIN') this.spans.texts.push(spanOf(node));
    const isQuoted = node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE';
    if (isQuoted && MARKER_LINE.test(this.sourceOf(node))) {
      throw new SyntaxFault('has quotes that reach into the next document', offset);
    }
    const isPlain = node.type === undefined || node.type === 'PLAIN' || node.type === null;
    // The library takes the slash for an escape, as JSON has it.
    if (node.type === 'QUOTE_DOUBLE' && /(?:^|[^\\])(?:\\\\)*\\\//.test(this.sourceOf(node))) {
      throw new SyntaxFault('has a backslash before a slash, which is no escape in YAML 1.1', offset);
    }
    // Inside of brackets YAML 1.1 ends a text at a question mark, and none begins with a colon.
    if (isPlain && this.flowDepth > 0 && /^:|\?/.test(text)) {
      throw new SyntaxFault('has a ? or a leading : without quotes inside of brackets', offset);
    }
    if (!text.isWellFormed()) throw new SyntaxFault('has an escape that stands for no character', offset);
    return { kind: 'scalar', offset, text, tag: node.tag ?? null, isPlain, style: STYLES[node.type ?? 'PLAIN'] };
  }

  private sourceOf(node: object): string {
    const { start, end } = spanOf(node);
    return this.text.slice(start, end);
  }
}

function spanOf(node: object): Span {
  const [start = 0, end = 0] = 'range' in node && Array.isArray(node.range) ? (node.range as number[]) : [];
  return { start, end };
}

const sentenceOf = (message: string): string => `is no valid YAML: ${excerpt(message.split('\n')[0]!)}`;
