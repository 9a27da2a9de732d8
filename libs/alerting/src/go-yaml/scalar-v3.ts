import type { WrittenScalar } from './scalar';

/** What go-yaml v3, with which Prometheus reads its rule files, takes a scalar for. */
type Kind = 'null' | 'bool' | 'int' | 'float' | 'str' | 'timestamp' | 'binary' | 'merge' | 'other';

const NULLS: ReadonlySet<string> = new Set(['', '~', 'null', 'Null', 'NULL']);
const BOOLS: ReadonlySet<string> = new Set(['true', 'True', 'TRUE', 'false', 'False', 'FALSE']);
const SPECIAL_FLOAT = /^(?:\.nan|\.NaN|\.NAN|[-+]?\.(?:inf|Inf|INF))$/;
const INTEGER = /^[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const TIMESTAMP =
  /^\d{4}-\d{1,2}-\d{1,2}(?:(?:[Tt]|\s+)\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?\s*(?:Z|[-+]\d{1,2}(?::?\d{2})?)?)?$/;
const CORE_TAG = /^(?:!!|tag:yaml\.org,2002:)(.*)$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Whether a scalar is nothing at all. */
export function isNull(scalar: WrittenScalar): boolean {
  const tag = coreTag(scalar);
  if (tag === 'null') return NULLS.has(scalar.text);
  return tag === null && scalar.tag === null && scalar.isPlain && NULLS.has(scalar.text);
}

/** Text of a scalar that Go keeps as a string; or why its tag does not fit. */
export function stringOf(scalar: WrittenScalar): { text: string } | { fault: string } {
  const tag = coreTag(scalar);
  if (tag === 'binary') {
    const packed = scalar.text.replace(/[\r\n]/g, '');
    if (!BASE64.test(packed)) return { fault: 'a !!binary value is not valid base64' };
    return { text: Buffer.from(packed, 'base64').toString('utf8') };
  }
  if (tag === null || tag === 'str' || !isResolved(tag)) return { text: scalar.text };
  const kind = naturalKind(scalar.text);
  const fits = kind === tag || (tag === 'float' && kind === 'int');
  return fits ? { text: scalar.text } : { fault: `it is tagged as ${tag}, which it is not` };
}

/** Whether Go takes a scalar for a whole number, as it does for a limit. */
export function isInteger(scalar: WrittenScalar): boolean {
  const tag = coreTag(scalar);
  if (tag === null && (scalar.tag !== null || !scalar.isPlain)) return false;
  if (tag !== null && tag !== 'int' && tag !== 'float') return false;
  const kind = naturalKind(scalar.text);
  if (kind === 'int') return fitsInteger(scalar.text.replaceAll('_', ''));
  if (kind !== 'float' || tag === 'int') return false;
  const value = Number(scalar.text.replaceAll('_', '').replace(/^[-+]?\.inf$/i, '-Infinity'));
  return SPECIAL_FLOAT.test(scalar.text) ? /^-\.inf$/i.test(scalar.text) : value <= 2 ** 63;
}

/** The whole number that Go keeps of a scalar for which {@link isInteger} holds; what lies behind a point is cut off. */
export function integerOf({ text }: WrittenScalar): bigint {
  const digits = text.replaceAll('_', '');
  if (!INTEGER.test(digits)) return SPECIAL_FLOAT.test(text) ? -(2n ** 63n) : BigInt(Math.trunc(Number(digits)));
  const value = unsignedOf(digits);
  return digits.startsWith('-') ? -value : value;
}

/** A leading zero stands for octal. */
function unsignedOf(digits: string): bigint {
  const unsigned = digits.replace(/^[-+]/, '').toLowerCase();
  return BigInt(/^0[0-7]+$/.test(unsigned) ? `0o${unsigned.slice(1)}` : unsigned);
}

function fitsInteger(digits: string): boolean {
  const value = unsignedOf(digits);
  return value <= 2n ** 63n - 1n || (digits.startsWith('-') && value === 2n ** 63n);
}

function coreTag({ tag }: WrittenScalar): string | null {
  return tag === null ? null : (CORE_TAG.exec(tag)?.[1] ?? null);
}

const isResolved = (tag: string): boolean => ['null', 'bool', 'int', 'float', 'timestamp'].includes(tag);

function naturalKind(text: string): Kind {
  if (NULLS.has(text)) return 'null';
  if (BOOLS.has(text)) return 'bool';
  if (SPECIAL_FLOAT.test(text)) return 'float';
  if (!/^[-+.0-9]/.test(text)) return 'str';
  if (TIMESTAMP.test(text)) return 'timestamp';
  const digits = text.replaceAll('_', '');
  if (INTEGER.test(digits)) return 'int';
  return FLOAT.test(digits) ? 'float' : 'str';
}
