import type { Token } from './lexer';
import type { Reading } from './reading';

/** Keywords that cannot be a label where labels are listed. */
const NOT_LABELS: ReadonlySet<string> = new Set(['without']);

/** Names of labels in parentheses. */
export function labelList(reading: Reading): string[] {
  reading.reader.expectSymbol('(');
  const labels: string[] = [];
  while (!reading.reader.isSymbol(')')) {
    labels.push(listedLabel(reading, reading.reader.next()));
    if (!reading.reader.isSymbol(',')) break;
    reading.reader.next();
  }
  reading.reader.expectSymbol(')');
  return labels;
}

function listedLabel(reading: Reading, token: Token): string {
  const { anyNames } = reading.grammar;
  if (token.kind === 'string' && anyNames) {
    const name = reading.unquoted(token);
    if (name === '' || name.includes('\ufffd')) throw reading.reader.fault(token, 'a label needs a name');
    return name;
  }
  const isWord = token.kind === 'identifier' || (token.kind === 'keyword' && !NOT_LABELS.has(token.text));
  if (isWord) return token.raw;
  if (token.kind === 'metric' && anyNames) return token.text;
  throw reading.reader.unexpected(token, 'a label name');
}
