/** Longest part of a pointer and longest pointer: names come from the sender, and we repeat at most 100 characters of input. */
const MAX_TOKEN = 64;
const MAX_POINTER = 200;

/** Text of a sender that may stand in an answer: control characters and half surrogate pairs are written out. */
export function printable(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029]/gu, (character) => `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`);
}

/** RFC 6901 pointer to a place in a body, with long names cut. */
export function jsonPointer(path: readonly (string | number)[]): string {
  const tokens = path.map((token) =>
    printable(String(token)).slice(0, MAX_TOKEN).toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1'),
  );
  let pointer = '';
  for (const token of tokens) {
    if (pointer.length + token.length + 1 > MAX_POINTER) break;
    pointer += `/${token}`;
  }
  return pointer;
}
