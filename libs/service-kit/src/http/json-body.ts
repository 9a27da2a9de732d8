import { isUtf8 } from 'node:buffer';
import { ServiceError } from '@alertagent/contracts';
import { jsonPointer } from './json-pointer';
import { findRepeatedKey } from './repeated-key';

/** Deeper bodies are refused: nothing we accept nests further, and databases and clients break on it. */
const MAX_DEPTH = 16;

/** C0 controls and DEL, without tab and line ends, which are ordinary in descriptions. */
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;
/** In a name they all are a mistake. */
const CONTROL_IN_NAME = /[\u0000-\u001f\u007f]/;

/** Whether a content type is JSON in UTF-8; anything else must be answered with 415 rather than guessed at. */
export function isJsonContentType(header: string | undefined): boolean {
  if (header === undefined) return false;
  const [type, ...parameters] = header.split(';').map((part) => part.trim().toLowerCase());
  return (
    type === 'application/json' &&
    parameters.every((parameter) => !parameter.startsWith('charset=') || /^charset="?utf-?8"?$/.test(parameter))
  );
}

/** Parses a request body strictly: UTF-8, JSON, at most 16 levels, no lone surrogates, no `__proto__`, no name twice. */
export function parseJsonBody(raw: Buffer): unknown {
  if (raw.length === 0) throw problem('empty_body', 'the body is empty; send a JSON object');
  if (!isUtf8(raw)) throw problem('not_utf8', 'the body is not valid UTF-8');
  const text = raw.toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw problem('malformed_json', 'the body is not valid JSON');
  }
  const fault = findFault(value, []);
  if (fault) throw problem(...fault);
  const repeated = findRepeatedKey(text);
  if (repeated) throw problem('repeated_key', 'the body holds this name twice; send it once', repeated);
  return value;
}

/** Refuses control characters anywhere in a body a person or a workflow sent; tab and line ends may stand in values. */
export function refuseControlCharacters(value: unknown, path: readonly (string | number)[] = []): void {
  if (typeof value === 'string' && CONTROL.test(value)) throw controlCharacter(path);
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    if (CONTROL_IN_NAME.test(key)) throw controlCharacter([...path, key]);
    refuseControlCharacters(child, [...path, key]);
  }
}

function controlCharacter(path: readonly (string | number)[]): ServiceError {
  return problem('control_character', 'control characters are not allowed here', path);
}

function problem(code: string, detail: string, path: readonly (string | number)[] = []): ServiceError {
  return new ServiceError('invalid', detail, { errors: [{ pointer: jsonPointer(path), code, detail }] });
}

type Fault = [code: string, detail: string, path: readonly string[]];

function findFault(value: unknown, path: readonly string[]): Fault | null {
  if (typeof value === 'string')
    return value.isWellFormed() ? null : ['not_unicode', 'the body holds an unpaired surrogate', path];
  if (typeof value === 'number')
    return Number.isFinite(value) ? null : ['number_range', 'the body holds a number out of range', path];
  if (typeof value !== 'object' || value === null) return null;
  if (path.length >= MAX_DEPTH) return ['too_deep', `the body nests deeper than ${MAX_DEPTH} levels`, path];
  for (const [key, child] of Object.entries(value)) {
    const here = [...path, key];
    if (key === '__proto__') return ['reserved_key', 'the key __proto__ is not allowed', here];
    if (!key.isWellFormed()) return ['not_unicode', 'the body holds an unpaired surrogate', here];
    const fault = findFault(child, here);
    if (fault) return fault;
  }
  return null;
}
