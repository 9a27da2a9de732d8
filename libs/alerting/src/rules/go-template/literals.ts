const ESCAPES = /\\(?:[abfnrtv\\]|[0-3][0-7]{2}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})/y;
const INTEGER = /^[+-]?(?:0[xX](?:_?[0-9a-fA-F])+|0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0(?:_?[0-7])*|[1-9](?:_?\d)*)$/;
const FLOAT = /^[+-]?(?:\d(?:_?\d)*\.?(?:\d(?:_?\d)*)?|\.\d(?:_?\d)*)(?:[eE][+-]?\d(?:_?\d)*)?$/;
const HEX_FLOAT =
  /^[+-]?0[xX](?:(?:_?[0-9a-fA-F])+\.?(?:[0-9a-fA-F](?:_?[0-9a-fA-F])*)?|\.[0-9a-fA-F](?:_?[0-9a-fA-F])*)[pP][+-]?\d+$/;

/** Whether Go reads a text in quotes (quotes included), of the kind `"` or `'`; raw texts are always read. */
export function isGoQuoted(text: string, quote: '"' | "'"): boolean {
  const body = text.slice(1, -1);
  let at = 0;
  let characters = 0;
  while (at < body.length) {
    characters += 1;
    if (body[at] !== '\\') {
      at += body.codePointAt(at)! > 0xffff ? 2 : 1;
      continue;
    }
    if (body[at + 1] === quote) {
      at += 2;
      continue;
    }
    ESCAPES.lastIndex = at;
    const escape = ESCAPES.exec(body)?.[0];
    if (escape === undefined) return false;
    const code = /^\\[uU]/.test(escape) ? parseInt(escape.slice(2), 16) : 0;
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return false;
    at += escape.length;
  }
  return quote === '"' || characters === 1;
}

/** Whether Go's templates read a number. */
export function isGoNumber(text: string): boolean {
  if (text.endsWith('i')) return isFloat(text.slice(0, -1)) || /^[+-]?\d+$/.test(text.slice(0, -1));
  if (INTEGER.test(text)) return fitsInteger(text) || /[eEpP.]/.test(text.replace(/^[+-]?0[xX]/, ''));
  return isFloat(text) && /[.eEpP]/.test(text);
}

/** Whether Go's templates read a complex number, such as `1+2i`. */
export function isGoComplex(text: string): boolean {
  const parts = /^([+-]?[^+-]+(?:[eE][+-]\d+)?)([+-][^+-]+(?:[eE][+-]\d+)?)i$/.exec(text);
  return parts !== null && isFloat(parts[1]!) && isFloat(parts[2]!);
}

function isFloat(text: string): boolean {
  if (HEX_FLOAT.test(text)) return true;
  return FLOAT.test(text) && Number.isFinite(Number(text.replaceAll('_', '')));
}

function fitsInteger(text: string): boolean {
  const digits = text.replaceAll('_', '').replace(/^[+-]/, '');
  const value = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  if (text.startsWith('-')) return value <= 2n ** 63n;
  // A sign keeps Go from reading it as an unsigned number.
  return value < (text.startsWith('+') ? 2n ** 63n : 2n ** 64n);
}
