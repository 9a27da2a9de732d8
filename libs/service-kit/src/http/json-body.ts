import { isUtf8 } from 'node:buffer';
import { ServiceError } from '@alertagent/contracts';

/** Deeper bodies are refused: nothing we accept nests further, and databases and clients break on it. */
const MAX_DEPTH = 16;

/** Whether a content type is JSON in UTF-8; anything else must be answered with 415 rather than guessed at. */
export function isJsonContentType(header: string | undefined): boolean {
  if (header === undefined) return false;
  const [type, ...parameters] = header.split(';').map((part) => part.trim().toLowerCase());
  return (
    type === 'application/json' &&
    parameters.every((parameter) => !parameter.startsWith('charset=') || /^charset="?utf-?8"?$/.test(parameter))
  );
}

/** Parses a request body strictly: UTF-8, JSON, at most 16 levels, no lone surrogates, no `__proto__`. */
export function parseJsonBody(raw: Buffer): unknown {
  const problem = (code: string, detail: string): ServiceError =>
    new ServiceError('invalid', detail, { errors: [{ pointer: '', code, detail }] });
  if (raw.length === 0) throw problem('empty_body', 'the body is empty; send a JSON object');
  if (!isUtf8(raw)) throw problem('not_utf8', 'the body is not valid UTF-8');
  let value: unknown;
  try {
    value = JSON.parse(raw.toString('utf8'));
  } catch {
    throw problem('malformed_json', 'the body is not valid JSON');
  }
  const fault = findFault(value, 0);
  if (fault) throw problem(...fault);
  return value;
}

function findFault(value: unknown, depth: number): [code: string, detail: string] | null {
  if (typeof value === 'string')
    return value.isWellFormed() ? null : ['not_unicode', 'the body holds an unpaired surrogate'];
  if (typeof value === 'number')
    return Number.isFinite(value) ? null : ['number_range', 'the body holds a number out of range'];
  if (typeof value !== 'object' || value === null) return null;
  if (depth >= MAX_DEPTH) return ['too_deep', `the body nests deeper than ${MAX_DEPTH} levels`];
  for (const [key, child] of Object.entries(value)) {
    if (key === '__proto__') return ['reserved_key', 'the key __proto__ is not allowed'];
    if (!key.isWellFormed()) return ['not_unicode', 'the body holds an unpaired surrogate'];
    const fault = findFault(child, depth + 1);
    if (fault) return fault;
  }
  return null;
}
