/**
 * One thing that is wrong with a piece of input.
 * `pointer` is an RFC 6901 JSON pointer to the offending value ("" is the whole document), `code` is a short
 * machine-readable reason and `detail` a sentence a person can act on. `detail` never repeats more than 100
 * characters of the input.
 */
export interface FieldProblem {
  pointer: string;
  code: string;
  detail: string;
}

/** Builds an RFC 6901 pointer from path segments, escaping `~` and `/` inside them. */
export function pointerTo(...segments: (string | number)[]): string {
  return segments.map((segment) => '/' + String(segment).replaceAll('~', '~0').replaceAll('/', '~1')).join('');
}

/** At most 60 characters of user text, with control characters made visible, safe to repeat in a message. */
export function excerpt(text: string): string {
  const cut = text.length > 60 ? text.slice(0, 60) + '…' : text;
  return cut
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029]/gu, (character) => '\\u' + character.codePointAt(0)!.toString(16).padStart(4, '0'));
}
