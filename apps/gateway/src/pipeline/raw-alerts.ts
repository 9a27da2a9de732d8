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

/** Finds the last character of the value that starts at `start`; without recursion, because it may be nested 50,000 deep. */
function endOfValue(text: string, start: number): number {
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

function itemsOf(text: string, start: number): string[] {
  const items: string[] = [];
  let at = skip(text, start + 1, ',');
  while (at < text.length && text[at] !== ']') {
    const last = endOfValue(text, at);
    items.push(text.slice(at, last + 1).trim());
    at = skip(text, last + 1, ',');
  }
  return items;
}

/**
 * The JSON texts of the `alerts` of a webhook body, as they were sent. Parsing and writing them again would change what must be
 * kept as evidence (numbers, duplicate keys, nesting that no serialiser survives). The body must be valid JSON.
 */
export function rawAlerts(body: string): string[] {
  let alerts: string[] = [];
  let at = skip(body, 0, '{');
  while (at < body.length && body[at] === '"') {
    const endOfKey = endOfString(body, at);
    const key: unknown = JSON.parse(body.slice(at, endOfKey + 1));
    const start = skip(body, endOfKey + 1, ':');
    // Of two keys with one name the last counts, as for the parser.
    if (key === 'alerts') alerts = body[start] === '[' ? itemsOf(body, start) : [];
    at = skip(body, endOfValue(body, start) + 1, ',');
  }
  return alerts;
}
