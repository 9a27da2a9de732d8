import { isNode, LineCounter, parseDocument, visit, type Document, type YAMLError } from 'yaml';

/** A step into a document: the name of a key or the index of an item. */
export type PathStep = string | number;

/**
 * The library's own messages quote the source, which may be a secret that was not put in quotes; these say the
 * same without it.
 */
const ADVICE = new Map<string, string>([
  ['BAD_ALIAS', 'a value that begins with * must be put in quotes'],
  ['TAG_RESOLVE_FAILED', 'a value that begins with ! must be put in quotes'],
  ['TAB_AS_INDENT', 'indent with spaces, not tabs'],
  ['BAD_INDENT', 'the indentation does not fit the lines above'],
  ['DUPLICATE_KEY', 'the same key appears twice'],
  ['MISSING_CHAR', 'a quote, bracket or colon is missing'],
  ['BLOCK_AS_IMPLICIT_KEY', 'a value that contains ": " must be put in quotes'],
  ['MULTIPLE_DOCS', 'only one YAML document is allowed'],
  ['BAD_SCALAR_START', 'a value that begins with @, ` or % must be put in quotes'],
]);

/** A parsed YAML file that still knows on which line each key was. */
export class YamlSource {
  private constructor(
    readonly name: string,
    /** The plain value of the whole file; `undefined` for an empty one. */
    readonly value: unknown,
    private readonly document: Document,
    private readonly lines: LineCounter,
  ) {}

  /** Reads `text`. What is wrong with it goes to `report` with the line, never with the text. */
  static parse(name: string, text: string, report: (source: string, detail: string) => void): YamlSource {
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
    // A warning (an unknown tag) means that a value is not what it looks like: as bad as an error here.
    const errors = [...document.errors, ...document.warnings];
    for (const error of errors) report(`${name}:${lines.linePos(error.pos[0]).line}`, explain(error));
    if (errors.length > 0) return new YamlSource(name, undefined, document, lines);
    try {
      return new YamlSource(name, (document.toJS() as unknown) ?? undefined, document, lines);
    } catch {
      // An alias without its anchor, or so many that a few lines would become gigabytes.
      report(aliasSource(name, document, lines), `not valid YAML: ${ADVICE.get('BAD_ALIAS')}`);
      return new YamlSource(name, undefined, document, lines);
    }
  }

  /** `file:line` of a key, or of the nearest key around it that was written. */
  locate(path: readonly PathStep[]): string {
    for (let length = path.length; length > 0; length--) {
      const parent = this.document.getIn(path.slice(0, length - 1), true);
      const offset = keyOffset(length === 1 ? this.document.contents : parent, path[length - 1] ?? '');
      if (offset !== undefined) return `${this.name}:${this.lines.linePos(offset).line}`;
    }
    return this.name;
  }
}

function aliasSource(name: string, document: Document, lines: LineCounter): string {
  let line: number | undefined;
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document) !== undefined || !alias.range) return undefined;
      line = lines.linePos(alias.range[0]).line;
      return visit.BREAK;
    },
  });
  return line === undefined ? name : `${name}:${line}`;
}

function keyOffset(collection: unknown, step: PathStep): number | undefined {
  if (!isNode(collection) || !('items' in collection) || !Array.isArray(collection.items)) return undefined;
  const items = collection.items as unknown[];
  if (typeof step === 'number') return startOf(items[step]);
  for (const item of items) {
    const key = (item as { key?: unknown } | null)?.key;
    if (isNode(key) && String(key) === step) return startOf(key);
  }
  return undefined;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

function explain(error: YAMLError): string {
  return `not valid YAML: ${ADVICE.get(error.code) ?? `check the quotes and the indentation of this line (${error.code})`}`;
}
