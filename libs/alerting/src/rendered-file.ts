import { load, YAML11_SCHEMA } from 'js-yaml';
import { Document, parse, visit } from 'yaml';
import { sha256Hex } from './hashing';
import { excerpt, pointerTo } from './problems';

/** Where one rule of ours ended up inside a rendered rule file; the sidecar matches it with what Prometheus loaded. */
export interface ManifestEntry {
  rule_id: string;
  rule_version: number;
  group: string;
  name: string;
  /** A recording rule, which shows neither id nor version; absent for others. */
  kind?: 'recording';
}

/** A configuration file ready to be served. `hash` is the SHA-256 (hex) of the UTF-8 bytes of `content`. */
export interface RenderedFile {
  content: string;
  hash: string;
  /** Number of rules in the file; 0 for files that hold none by nature. */
  rules: number;
  manifest: ManifestEntry[];
}

/** The file could not be rendered so that it reads back as what was meant. `reason` says which value is at fault. */
export class RenderError extends Error {
  constructor(readonly reason: string) {
    super(`the file could not be rendered: ${reason}`);
    this.name = 'RenderError';
  }
}

/** What our configuration files are made of. */
export type YamlValue = string | number | boolean | null | YamlValue[] | { [key: string]: YamlValue };

/** First line of each file we write, so that a person who opens one knows that edits do not last. */
const MANAGED_BY_COMMENT = '# Managed by AlertAgent. Local edits are replaced.\n';

/** Mapping keys that every YAML reader takes as strings without quotes; all other text is quoted. */
const PLAIN_KEY = /^[a-z]{3,}(?:_[a-z]+)*$/;
const KEYWORDS: ReadonlySet<string> = new Set(['null', 'true', 'false', 'yes', 'off', 'nan', 'inf']);

/**
 * Characters that go-yaml takes for line ends, refuses, or drops when they stand in a file as they are
 * (DEL, C1 with NEL, no-break space, line and paragraph separator, byte order mark, noncharacters).
 */
const UNSAFE_IN_FILE = /[\u007f-\u00a0\u2028\u2029\ufeff\ufffe\uffff]/g;

/**
 * Writes a value as a YAML file and proves that a reader gets the very same value back, by the rules of YAML 1.1:
 * those of go-yaml, which take more words for booleans and numbers than YAML 1.2 does.
 * Throws a {@link RenderError} when that is impossible.
 */
export function renderYaml(value: YamlValue): { content: string; hash: string } {
  refuseBrokenText(value, []);
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar(position, node) {
      if (typeof node.value !== 'string') return;
      const plain = position === 'key' && PLAIN_KEY.test(node.value) && !KEYWORDS.has(node.value);
      node.type = plain ? 'PLAIN' : 'QUOTE_DOUBLE';
    },
  });
  const yaml = document.toString({ lineWidth: 0, doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER });
  const content = MANAGED_BY_COMMENT + escapeUnsafe(yaml);
  proveReadBack(content, value);
  return { content, hash: sha256Hex(content) };
}

/**
 * {@link renderYaml} of a mapping with one key and a list, put together from items that {@link renderListItem} made. The bytes are the
 * same: an item of a block list is written without regard to its neighbours, and nothing in it can end the list, since all text is quoted.
 */
export function joinYamlList(key: string, items: readonly string[]): { content: string; hash: string } {
  if (items.length === 0) return renderYaml({ [key]: [] });
  const content = [listHead(key), ...items].join('');
  return { content, hash: sha256Hex(content) };
}

/** The lines of one item in a list under `key`, proven like a whole file. Throws a {@link RenderError}. */
export function renderListItem(key: string, item: YamlValue): string {
  return renderYaml({ [key]: [item] }).content.slice(listHead(key).length);
}

const listHead = (key: string): string => `${MANAGED_BY_COMMENT}${key}:\n`;

/** Such characters may only stand inside double quotes, where an escape means the same. */
export function escapeUnsafe(yaml: string): string {
  return yaml.replace(UNSAFE_IN_FILE, (character) => {
    return '\\u' + character.charCodeAt(0).toString(16).padStart(4, '0');
  });
}

/** What a file of ours says. Throws a SyntaxError when the text is no YAML mapping. */
export function readRenderedFile(content: string): Record<string, unknown> {
  const read: unknown = parse(content, { version: '1.1', maxAliasCount: 0, strict: true, prettyErrors: false });
  if (typeof read !== 'object' || read === null || Array.isArray(read)) throw new SyntaxError('the text is no mapping');
  return read as Record<string, unknown>;
}

/**
 * Throws a {@link RenderError} when a reader of the text does not get the very value that was meant. The reader is another library than the
 * writer, so that both would have to be wrong in the same way.
 */
export function proveReadBack(content: string, meant: YamlValue): void {
  let read: unknown;
  try {
    read = load(content, { schema: YAML11_SCHEMA, maxAliases: 0 });
  } catch (error) {
    throw new RenderError(`it does not parse: ${excerpt(String(error))}`);
  }
  const difference = firstDifference(meant, read, []);
  if (difference !== null) throw new RenderError(`"${difference}" reads back differently`);
}

/** Pointer to the first place where two values differ, or null when they are equal. */
function firstDifference(meant: YamlValue, read: unknown, path: string[]): string | null {
  if (typeof meant !== 'object' || meant === null) return Object.is(meant, read) ? null : pointerTo(...path);
  if (typeof read !== 'object' || read === null || Array.isArray(meant) !== Array.isArray(read)) {
    return pointerTo(...path);
  }
  const meantEntries = Object.entries(meant);
  const readEntries = new Map<string, unknown>(Object.entries(read));
  if (meantEntries.length !== readEntries.size) return pointerTo(...path);
  for (const [key, value] of meantEntries) {
    if (!readEntries.has(key)) return pointerTo(...path, key);
    const difference = firstDifference(value, readEntries.get(key), [...path, key]);
    if (difference !== null) return difference;
  }
  return null;
}

/** Throws a {@link RenderError} for text that no file can hold. */
export function refuseBrokenText(value: YamlValue, path: string[]): void {
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw new RenderError(`"${pointerTo(...path)}" holds half of a surrogate pair`);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    refuseBrokenText(key, path);
    refuseBrokenText(child, [...path, key]);
  }
}
