import { excerpt } from '../problems';
import type { ParsedMatcher } from './parsed-matcher';

interface Token {
  kind: 'text' | 'operator' | 'comma' | 'open' | 'close';
  text: string;
}

/** White space as Unicode has it, and what has a meaning of its own. */
const UNQUOTED = /[^\s\u0085{}!=~,\\"'`]+/uy;
const QUOTED = /"(?:[^"\\\n]|\\[^\n])*"/uy;
const OPERATOR = /=~|!~|!=|=/y;
const SPACE = /[\s\u0085]+/uy;
const SIGNS: Readonly<Record<string, Token['kind']>> = { ',': 'comma', '{': 'open', '}': 'close' };

/**
 * Reads matchers as Alertmanager does since label names may be any text: names and values are words without special characters, or
 * quoted with Go's escapes. Throws an Error that says what cannot be read.
 */
export function parseUtf8Matchers(text: string): ParsedMatcher[] {
  const tokens = tokensOf(text);
  const isBraced = tokens[0]?.kind === 'open';
  if (isBraced) {
    tokens.shift();
    if (tokens.pop()?.kind !== 'close') throw notReadable(text);
  }
  const matchers: ParsedMatcher[] = [];
  while (tokens.length > 0) {
    const [name, operator, value, comma] = tokens.splice(0, 4);
    if (name?.kind !== 'text' || operator?.kind !== 'operator' || value?.kind !== 'text') throw notReadable(text);
    if (comma && comma.kind !== 'comma') throw notReadable(text);
    matchers.push({ name: name.text, operator: operator.text as ParsedMatcher['operator'], value: value.text });
  }
  if (matchers.length === 0) throw notReadable(text);
  return matchers;
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? null;
    at += found?.length ?? 0;
    return found;
  };
  while (at < text.length) {
    if (take(SPACE) !== null) continue;
    const sign = SIGNS[text[at]!];
    if (sign) {
      tokens.push({ kind: sign, text: text[at]! });
      at += 1;
      continue;
    }
    const operator = take(OPERATOR);
    const word = operator === null ? take(UNQUOTED) : null;
    const quoted = operator === null && word === null ? take(QUOTED) : null;
    if (operator !== null) tokens.push({ kind: 'operator', text: operator });
    else if (word !== null) tokens.push({ kind: 'text', text: word });
    else if (quoted !== null) tokens.push({ kind: 'text', text: unquoted(quoted) });
    else throw notReadable(text);
  }
  return tokens;
}

const SIMPLE: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
};
const ESCAPE = /\\(?:([abfnrtv\\"])|x([0-9a-fA-F]{2})|([0-3][0-7]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|)/g;

/** Go's escapes; those of bytes may only stand for ASCII here, half a character is no text. */
function unquoted(quoted: string): string {
  const text = quoted.slice(1, -1).replace(ESCAPE, (_all, simple, hex, octal, short, long) => {
    if (typeof simple === 'string') return SIMPLE[simple]!;
    const code = typeof octal === 'string' ? parseInt(octal, 8) : parseInt(String(hex ?? short ?? long), 16);
    const isByte = typeof hex === 'string' || typeof octal === 'string';
    if (!(code <= (isByte ? 0x7f : 0x10ffff))) throw badEscape(quoted);
    return String.fromCodePoint(code);
  });
  if (!text.isWellFormed()) throw badEscape(quoted);
  return text;
}

const badEscape = (quoted: string): Error => new Error(`${excerpt(quoted)} has an escape that stands for nothing`);

const notReadable = (text: string): Error => new Error(`"${excerpt(text)}" is no matcher such as severity="critical"`);
