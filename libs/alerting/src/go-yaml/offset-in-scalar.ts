import type { YamlScalar } from './yaml-node';

const ESCAPE = /\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|\r?\n[ \t]*|[^])/y;

/**
 * Where a place inside of a value stands in the text it was read from: lines that were folded, indentation, quotes and
 * escapes are stepped over.
 */
export function offsetInScalar(text: string, scalar: YamlScalar, at: number): number {
  const { value, start } = { value: scalar.text, start: contentStart(text, scalar) };
  let source = start;
  let index = 0;
  while (source < text.length) {
    // The end of the value is where it ends, not where the next thing begins.
    if (index >= at && (index >= value.length || !isSkipped(text, source, scalar, value, index))) break;
    const char = text[source]!;
    if (scalar.style === 'double' && char === '\\') {
      ESCAPE.lastIndex = source;
      const escape = ESCAPE.exec(text)?.[0] ?? char;
      if (index >= at && !/^\\\r?\n/.test(escape)) break;
      if (!/^\\\r?\n/.test(escape)) index += /^\\U000[1-9]|^\\U0010/.test(escape) ? 2 : 1;
      source += escape.length;
    } else if (scalar.style === 'single' && char === "'" && text[source + 1] === "'") {
      source += 2;
      index += 1;
    } else if (char === value[index]) {
      source += 1;
      index += 1;
    } else if (isBlank(char)) {
      source = afterBlanks(text, source);
      // A fold is one space, or one line end for each empty line.
      while (index < value.length && isBlank(value[index]!) && value[index] !== text[source]) index += 1;
    } else {
      break;
    }
  }
  return Math.min(source, text.length);
}

function contentStart(text: string, { style, offset }: YamlScalar): number {
  if (style === 'single' || style === 'double') return offset + 1;
  if (style === 'literal' || style === 'folded') {
    const line = text.indexOf('\n', offset);
    return line === -1 ? offset : line + 1;
  }
  return offset;
}

/** Whether what stands here is only layout, so that a place in the value cannot be meant. */
function isSkipped(text: string, source: number, { style }: YamlScalar, value: string, index: number): boolean {
  if (style === 'double' && text[source] === '\\') return /^\\\r?\n/.test(text.slice(source, source + 3));
  return isBlank(text[source]!) && text[source] !== value[index];
}

const isBlank = (char: string): boolean => char === ' ' || char === '\n' || char === '\r' || char === '\t';

function afterBlanks(text: string, at: number): number {
  let end = at;
  while (end < text.length && isBlank(text[end]!)) end += 1;
  return end;
}
