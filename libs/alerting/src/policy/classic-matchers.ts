import { excerpt } from '../problems';
import type { ParsedMatcher } from './parsed-matcher';

const MATCHER = /^[\t\n\f\r ]*([a-zA-Z_:][a-zA-Z0-9_:]*)[\t\n\f\r ]*(=~|=|!=|!~)[\t\n\f\r ]*(.*?)[\t\n\f\r ]*$/s;

/**
 * Reads matchers as Alertmanager has always read them: label names of Prometheus, values with or without quotes, commas between,
 * braces around them or not. Throws an Error that says what cannot be read.
 */
export function parseClassicMatchers(text: string): ParsedMatcher[] {
  return tokensOf(text.replace(/^\{/, '').replace(/\}$/, '')).map(parseOne);
}

/** The text between commas outside of quotes. */
function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  let token = '';
  let isQuoted = false;
  let isEscaped = false;
  for (const character of text) {
    if (character === ',' && !isQuoted) {
      tokens.push(token);
      token = '';
      continue;
    }
    if (character === '"') {
      if (!isEscaped) isQuoted = !isQuoted;
      isEscaped = false;
    } else isEscaped = character === '\\' ? !isEscaped : false;
    token += character;
  }
  // A comma may end the list.
  if (token.trim() !== '') tokens.push(token.trim());
  return tokens;
}

function parseOne(text: string): ParsedMatcher {
  const parts = MATCHER.exec(text);
  if (!parts) throw new Error(`"${excerpt(text)}" is no matcher such as severity="critical"`);
  return { name: parts[1]!, operator: parts[2] as ParsedMatcher['operator'], value: valueOf(parts[3]!) };
}

/** Quotes around it are optional, and only then must those inside be escaped. */
function valueOf(raw: string): string {
  const isQuoted = raw.startsWith('"');
  const text = isQuoted ? raw.slice(1) : raw;
  const last = text.length - 1;
  let value = '';
  let isClosed = !isQuoted;
  for (let at = 0; at <= last; at++) {
    const character = text[at]!;
    if (character === '\\' && at < last) {
      at += 1;
      value += unescaped(text[at]!);
    } else if (character === '"') {
      if (isClosed || at < last) throw unescapedQuote(raw);
      isClosed = true;
    } else value += character;
  }
  if (!isClosed) throw unescapedQuote(raw);
  return value;
}

/** Any other character after a backslash stands for itself, backslash included: regular expressions are full of them. */
function unescaped(character: string): string {
  if (character === 'n') return '\n';
  return character === '"' || character === '\\' ? character : '\\' + character;
}

const unescapedQuote = (raw: string): Error =>
  new Error(`the value ${excerpt(raw)} has a quote without a partner; write \\" for a quote inside`);
