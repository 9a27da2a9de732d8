/** `${name}` in a text of a template, or `$${name}`, which stands for the text `${name}` itself. */
export interface Placeholder {
  name: string;
  from: number;
  to: number;
  escaped: boolean;
}

export const PARAMETER_NAME = /^[a-z][a-z0-9_]{0,62}$/;
const PLACEHOLDER = /\$(\$?)\{([a-z][a-z0-9_]{0,62})\}/g;

/** Every placeholder of a text, from left to right. */
export function placeholdersIn(text: string): Placeholder[] {
  return [...text.matchAll(PLACEHOLDER)].map((match) => ({
    name: match[2]!,
    from: match.index,
    to: match.index + match[0].length,
    escaped: match[1] !== '',
  }));
}

/** A text with its placeholders replaced, and where each replacement stands now. One pass: what was put in is not read again. */
export function fill<P extends Placeholder>(
  text: string,
  places: readonly P[],
  replacement: (place: P) => string,
): { text: string; spans: { place: P; from: number; to: number }[] } {
  let result = '';
  let at = 0;
  const spans = places.map((place) => {
    result += text.slice(at, place.from);
    const from = result.length;
    result += place.escaped ? `\${${place.name}}` : replacement(place);
    at = place.to;
    return { place, from, to: result.length };
  });
  return { text: result + text.slice(at), spans };
}
