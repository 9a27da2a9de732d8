/** What stands in a log line where a secret was. */
export const REDACTED = '[redacted]';

const MAX_TEXT = 4_096;
const MAX_DEPTH = 6;
const MAX_ENTRIES = 100;

/** Names whose value is a secret, compared in lower case without `-` and `_`. `*_file` is a path and stays. */
const SECRET_NAME =
  /(authorization|cookie|passwords?|passwd|passphrase|secrets?|apikeys?|secretkey|privatekey|credentials?|tokens?|headerauthvalue)$/;

/** Secrets recognised by their looks wherever they stand; each keeps the part that helps to find the sender. */
const SECRET_TEXTS: readonly (readonly [RegExp, string])[] = [
  [/\baat_[A-Za-z0-9_-]{4,}/g, `aat_${REDACTED}`],
  [/\b(Bearer|Basic)\s+[A-Za-z0-9+/=._~-]{4,}/gi, `$1 ${REDACTED}`],
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/?#"'\\@]*:[^\s/?#"'\\]*@/gi, `$1${REDACTED}@`],
  [/([?&](?:access_token|token|key|api_?key|sign|secret|password)=)[^&\s"'\\]+/gi, `$1${REDACTED}`],
  [/(\/bot\/v2\/hook\/|hooks\.slack\.com\/services\/)[^\s"'\\]+/gi, `$1${REDACTED}`],
];

/** Removes what looks like a secret from a text. Safe on text that is already JSON: only inner characters change. */
export function scrubText(text: string): string {
  let result = text;
  for (const [pattern, replacement] of SECRET_TEXTS) result = result.replace(pattern, replacement);
  return result;
}

/** Scrubs and cuts one text, so that a log line stays small whatever a caller sent. */
export function boundedText(text: string): string {
  // Cut first, with room to spare: scrubbing megabytes on each line would be a way to stop the service.
  const cut = text.length > MAX_TEXT ? text.slice(0, MAX_TEXT) : text;
  const clean = scrubText(cut.isWellFormed() ? cut : cut.toWellFormed());
  return text.length > MAX_TEXT ? `${clean}…(${text.length - MAX_TEXT} more characters)` : clean;
}

/** A copy of `value` that is fit for a log line: no secrets, bounded in depth, width and length, no cycles. */
export function redact(value: unknown): unknown {
  return copy(value, 0, new Set());
}

/** The fields of a log line; keys are kept, secrets under them are not. */
export function redactFields(fields: Record<string, unknown>): Record<string, unknown> {
  return copyFields(fields, 0, new Set());
}

function copy(value: unknown, depth: number, open: Set<object>): unknown {
  if (typeof value === 'string') return boundedText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'function' || typeof value === 'symbol') return undefined;
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof URL) return boundedText(value.href);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (open.has(value)) return '[circular]';
  if (depth >= MAX_DEPTH) return '[deeper]';
  open.add(value);
  const result = copyObject(value, depth + 1, open);
  open.delete(value);
  return result;
}

function copyObject(value: object, depth: number, open: Set<object>): unknown {
  if (Array.isArray(value) || value instanceof Set) {
    const items = [...value].slice(0, MAX_ENTRIES).map((item) => copy(item, depth, open));
    const total = Array.isArray(value) ? value.length : value.size;
    return total > MAX_ENTRIES ? [...items, `[${total - MAX_ENTRIES} more]`] : items;
  }
  if (value instanceof Map) return copyFields(Object.fromEntries(value) as Record<string, unknown>, depth, open);
  if (value instanceof Error) return copyError(value, depth, open);
  return copyFields(value as Record<string, unknown>, depth, open);
}

function copyError(error: Error, depth: number, open: Set<object>): unknown {
  return {
    type: error.name,
    message: boundedText(error.message),
    ...copyFields(error as unknown as Record<string, unknown>, depth, open),
    stack: error.stack === undefined ? undefined : boundedText(error.stack),
    ...(error.cause === undefined ? {} : { cause: copy(error.cause, depth, open) }),
  };
}

function copyFields(fields: Record<string, unknown>, depth: number, open: Set<object>): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  const keys = Object.keys(fields);
  for (const key of keys.slice(0, MAX_ENTRIES)) {
    const value = field(fields, key);
    // Numbers are counts (total_tokens), never secrets.
    const secret = isSecretName(key) && (typeof value === 'string' || (typeof value === 'object' && value !== null));
    Object.defineProperty(result, key.length > 200 ? key.slice(0, 200) : key, {
      value: secret ? REDACTED : copy(value, depth, open),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  if (keys.length > MAX_ENTRIES) result['…'] = `[${keys.length - MAX_ENTRIES} more]`;
  return result;
}

function field(fields: Record<string, unknown>, key: string): unknown {
  try {
    return fields[key];
  } catch {
    return '[unreadable]';
  }
}

function isSecretName(key: string): boolean {
  return SECRET_NAME.test(key.toLowerCase().replace(/[-_]/g, ''));
}
