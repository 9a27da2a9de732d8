const SIMPLE_ESCAPES: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
  '\\': 92,
};
const NUMBERED_ESCAPE = /x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})/y;

/**
 * The value of a PromQL string literal, quotes included in `literal`; null when Prometheus would refuse it: an unknown
 * escape, a line end inside ordinary quotes, or a code point that does not exist. Escaped bytes that are no UTF-8
 * come out as U+FFFD.
 */
export function unquotePromqlString(literal: string): string | null {
  const quote = literal[0];
  if (literal.length < 2 || literal.at(-1) !== quote) return null;
  const body = literal.slice(1, -1);
  if (quote === '`') return body.includes('`') ? null : body;
  if (quote !== '"' && quote !== "'") return null;
  if (body.includes('\n') || !body.isWellFormed()) return null;
  const parts: Buffer[] = [];
  let at = 0;
  while (at < body.length) {
    const escape = body.indexOf('\\', at);
    const plainEnd = escape === -1 ? body.length : escape;
    if (body.slice(at, plainEnd).includes(quote)) return null;
    parts.push(Buffer.from(body.slice(at, plainEnd), 'utf8'));
    if (escape === -1) break;
    const read = readEscape(body, escape + 1, quote);
    if (read === null) return null;
    parts.push(read.bytes);
    at = read.end;
  }
  return Buffer.concat(parts).toString('utf8');
}

function readEscape(body: string, at: number, quote: string): { bytes: Buffer; end: number } | null {
  const letter = body[at];
  if (letter === undefined) return null;
  if (letter === quote) return { bytes: Buffer.from(quote), end: at + 1 };
  const simple = Object.hasOwn(SIMPLE_ESCAPES, letter) ? SIMPLE_ESCAPES[letter] : undefined;
  if (simple !== undefined) return { bytes: Buffer.from([simple]), end: at + 1 };
  NUMBERED_ESCAPE.lastIndex = at;
  const numbered = NUMBERED_ESCAPE.exec(body);
  if (!numbered) return null;
  const end = NUMBERED_ESCAPE.lastIndex;
  if (numbered[1] !== undefined) return { bytes: Buffer.from([parseInt(numbered[1], 16)]), end };
  if (numbered[4] !== undefined) {
    const byte = parseInt(numbered[4], 8);
    return byte > 255 ? null : { bytes: Buffer.from([byte]), end };
  }
  const codePoint = parseInt((numbered[2] ?? numbered[3])!, 16);
  if (codePoint > 0x10ffff || (codePoint >= 0xd800 && codePoint <= 0xdfff)) return null;
  return { bytes: Buffer.from(String.fromCodePoint(codePoint)), end };
}
