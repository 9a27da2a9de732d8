/** Finds the closing quote of the string that starts at `start`. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; ; at++) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return text.length - 1;
    let backslashes = 0;
    while (text[quote - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return quote;
    at = quote;
  }
}

/** The last character of the value that starts at `start`; without recursion, because it may be nested 50,000 deep. */
export function endOfValue(text: string, start: number): number {
  if (text[start] === '"') return endOfString(text, start);
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at);
    else if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') {
      if (depth === 0) return at - 1;
      depth--;
      if (depth === 0) return at;
    } else if (character === ',' && depth === 0) return at - 1;
  }
  return text.length - 1;
}

const SPACE = /[ \t\r\n]/;

function skip(text: string, at: number, separator: string): number {
  while (at < text.length && (SPACE.test(text[at]!) || text[at] === separator)) at++;
  return at;
}

/** The texts of the items of the array that starts at `start`. */
export function itemsOf(text: string, start: number): string[] {
  const items: string[] = [];
  let at = skip(text, start + 1, ',');
  while (at < text.length && text[at] !== ']') {
    const last = endOfValue(text, at);
    items.push(text.slice(at, last + 1).trim());
    at = skip(text, last + 1, ',');
  }
  return items;
}

/** Where the value begins that a path through objects and arrays leads to; null when there is none. The text must be valid JSON. */
export function findValue(text: string, steps: readonly string[]): number | null {
  let at: number | null = skip(text, 0, '');
  for (const step of steps) {
    if (at === null) return null;
    at = text[at] === '{' ? findMember(text, at, step) : text[at] === '[' ? findItem(text, at, Number(step)) : null;
  }
  return at;
}

function findMember(text: string, start: number, name: string): number | null {
  let found: number | null = null;
  let at = skip(text, start, '{');
  while (at < text.length && text[at] === '"') {
    const endOfKey = endOfString(text, at);
    const key: unknown = JSON.parse(text.slice(at, endOfKey + 1));
    const value = skip(text, endOfKey + 1, ':');
    // Of two keys with one name the last counts, as for the parser.
    if (key === name) found = value;
    at = skip(text, endOfValue(text, value) + 1, ',');
  }
  return found;
}

function findItem(text: string, start: number, index: number): number | null {
  let at = skip(text, start + 1, ',');
  for (let place = 0; at < text.length && text[at] !== ']'; place++) {
    if (place === index) return at;
    at = skip(text, endOfValue(text, at) + 1, ',');
  }
  return null;
}
