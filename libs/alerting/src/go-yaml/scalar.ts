import { excerpt } from '../problems';

/** What a scalar is for go-yaml v2, with which Alertmanager reads its configuration. */
export type GoScalar =
  | { tag: 'null'; value: null }
  | { tag: 'bool'; value: boolean }
  | { tag: 'int' | 'float'; value: number }
  | { tag: 'str' | 'timestamp'; value: string };

/** A scalar as it stands in the file: `tag` is explicit (`!!int`, `!mine`), `isPlain` says that it has no quotes. */
export interface WrittenScalar {
  text: string;
  tag: string | null;
  isPlain: boolean;
}

const WORDS = new Map<string, null | boolean | number>();
for (const word of ['', '~', 'null', 'Null', 'NULL']) WORDS.set(word, null);
for (const word of 'y Y yes Yes YES true True TRUE on On ON'.split(' ')) WORDS.set(word, true);
for (const word of 'n N no No NO false False FALSE off Off OFF'.split(' ')) WORDS.set(word, false);
for (const word of '.nan .NaN .NAN'.split(' ')) WORDS.set(word, NaN);
for (const word of '.inf .Inf .INF +.inf +.Inf +.INF'.split(' ')) WORDS.set(word, Infinity);
for (const word of '-.inf -.Inf -.INF'.split(' ')) WORDS.set(word, -Infinity);

const CORE_TAG = /^(?:!!|tag:yaml\.org,2002:)(null|bool|int|float|str|timestamp|binary)$/;
const INTEGER = /^[-+]?(?:0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|0|[1-9][0-9]*)$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const TIMESTAMP = /^\d{4}-\d{1,2}-\d{1,2}(?:(?:[Tt]|\s+)\d{1,2}:\d{2}:\d{2}(?:\.\d+)?\s*(?:Z|[-+]\d{2}:?\d{2})?)?$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Reads a scalar by the rules of YAML 1.1 as go-yaml v2 keeps them. Throws an Error when an explicit tag does not fit. */
export function resolveScalar({ text, tag, isPlain }: WrittenScalar): GoScalar {
  if (tag === null) return isPlain ? natural(text) : { tag: 'str', value: text };
  const core = CORE_TAG.exec(tag)?.[1];
  if (core === undefined || core === 'str') return { tag: 'str', value: text };
  if (core === 'binary') return { tag: 'str', value: decoded(text) };
  const found = natural(text);
  if (found.tag === core || (core === 'float' && found.tag === 'int')) return found;
  throw new Error(`"${excerpt(text)}" is tagged as ${core}, which it is not`);
}

/** Whether go-yaml takes it for nothing at all, before it looks at what should become of it. */
export function isNothing({ text, tag, isPlain }: WrittenScalar): boolean {
  if (tag !== null) return CORE_TAG.exec(tag)?.[1] === 'null' && WORDS.get(text) === null;
  return isPlain && (text === '' || text === '~' || text === 'null');
}

function natural(text: string): GoScalar {
  const word = WORDS.get(text);
  if (word === null) return { tag: 'null', value: null };
  if (typeof word === 'boolean') return { tag: 'bool', value: word };
  if (typeof word === 'number') return { tag: 'float', value: word };
  if (!/^[-+.0-9]/.test(text)) return { tag: 'str', value: text };
  if (TIMESTAMP.test(text)) return { tag: 'timestamp', value: text };
  const digits = text.replaceAll('_', '');
  if (INTEGER.test(digits)) return { tag: 'int', value: integerOf(digits) };
  return FLOAT.test(digits) ? { tag: 'float', value: Number(digits) } : { tag: 'str', value: text };
}

/** Go takes a leading zero for octal. */
function integerOf(digits: string): number {
  const unsigned = digits.replace(/^[-+]/, '').toLowerCase();
  const value = /^0[0-7]/.test(unsigned) ? parseInt(unsigned, 8) : Number(unsigned);
  return digits.startsWith('-') ? -value : value;
}

function decoded(text: string): string {
  const packed = text.replace(/[\r\n]/g, '');
  if (!BASE64.test(packed)) throw new Error('a !!binary value is not valid base64');
  const value = Buffer.from(packed, 'base64').toString('utf8');
  if (value.includes('\ufffd')) throw new Error('a !!binary value is not text');
  return value;
}
