import { REDACTED, scrubText } from '../logging/redaction';

const SECRET_KEY =
  /pass(word|phrase|wd)|secret|token|authorization|api[_-]?key|credential|private[_-]?key|cookie|webhook[_-]?url/i;
/** Keys that speak about a secret without containing one. */
const HARMLESS_KEY = /(_id|_ids|_name|_prefix|_at|_count|_purpose)$|(Id|Ids|Name|Prefix|At|Count|Purpose)$/;

/**
 * A copy in which every value is blanked whose key names a secret, and every text that looks like one, at any depth. Unlike in
 * a log line nothing is cut, and absent values (null) stay visible: the record must show what changed.
 */
export function redactSecrets(value: unknown): unknown {
  // Through JSON first, so that dates and classes appear as they will be stored.
  return redact(JSON.parse(JSON.stringify(value)));
}

function redact(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redact);
  if (typeof value === 'string') return scrubText(value);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, nested]) => {
      const isSecret =
        SECRET_KEY.test(key) && !HARMLESS_KEY.test(key) && nested !== null && typeof nested !== 'boolean';
      return [key, isSecret ? REDACTED : redact(nested)];
    }),
  );
}
