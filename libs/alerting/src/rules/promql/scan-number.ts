import type { Grammar } from './grammar';

const WORD_CHARACTER = /[a-zA-Z0-9_]/;
const HEX = '0123456789abcdefABCDEF';
const DECIMAL = '0123456789';
const OLD_NUMBER = /(?:0[xX][0-9a-fA-F]*(?:\.[0-9a-fA-F]*)?|[0-9]*(?:\.[0-9]*)?)(?:[eE][+-]?[0-9]*)?/y;

/** How far a number reaches from `at`, and whether it ends there or something follows that belongs to it, such as a unit. */
export function scanNumber(text: string, at: number, grammar: Grammar): { length: number; isNumber: boolean } {
  return grammar.underscores ? scanWithUnderscores(text, at) : scanOld(text, at);
}

function scanOld(text: string, at: number): { length: number; isNumber: boolean } {
  OLD_NUMBER.lastIndex = at;
  const length = OLD_NUMBER.exec(text)![0].length;
  return { length, isNumber: !WORD_CHARACTER.test(text[at + length] ?? '') };
}

/**
 * The scanner that came with underscores refuses more than it has to, such as hexadecimal numbers that end on the
 * letter e; it is followed to the letter, because servers do the same.
 */
function scanWithUnderscores(text: string, start: number): { length: number; isNumber: boolean } {
  let at = start;
  const is = (set: string): boolean => at < text.length && set.includes(text[at]!);
  const accept = (set: string): boolean => {
    if (!is(set)) return false;
    at += 1;
    return true;
  };
  const no = (): { length: number; isNumber: boolean } => ({ length: at - start, isNumber: false });
  let digits = DECIMAL;
  if (accept('0') && accept('xX')) {
    accept('_');
    digits = HEX;
  }
  accept('.');
  accept(digits);
  let hasPoint = false;
  let hasExponent = false;
  while (is(`${digits}._eE`)) {
    if (is('.') && hasPoint) return (accept('.'), no());
    if (is('eE') && hasExponent) return (accept('eE'), no());
    if (accept('.')) {
      hasPoint = true;
      if (accept('_.') || digits === HEX) return no();
    } else if (accept('eE')) {
      hasExponent = true;
      accept('+-');
      if (accept('._eE') || at >= text.length) return no();
    } else if (accept('_')) {
      if (accept('._eE') || at >= text.length) return no();
    } else {
      while (accept(digits));
    }
  }
  return { length: at - start, isNumber: at > start && !WORD_CHARACTER.test(text[at] ?? '') };
}
