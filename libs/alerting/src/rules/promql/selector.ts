import type { Expr, LabelMatcher } from './ast';
import type { Token } from './lexer';
import { compileMatcher } from './literals';
import { spanOf, type Reading } from './reading';

/** A selector: a name that was read already, matchers in braces, or both. */
export function selector(reading: Reading, name: Token | null): Expr {
  const matchers: LabelMatcher[] = [];
  const start = (name ?? reading.reader.peek()).start;
  let end = name?.end ?? start;
  if (reading.reader.isSymbol('{')) {
    reading.reader.next();
    while (!reading.reader.isSymbol('}')) {
      matchers.push(matcher(reading));
      if (!reading.reader.isSymbol(',')) break;
      reading.reader.next();
    }
    end = reading.reader.expectSymbol('}').end;
  }
  return { kind: 'vector', name: name?.raw ?? null, matchers, offsetMs: null, at: null, depth: 1, start, end };
}

function matcher(reading: Reading): LabelMatcher {
  const label = reading.reader.next();
  const isQuoted = label.kind === 'string';
  if (isQuoted && !reading.grammar.quotedNames) {
    throw reading.reader.fault(label, `quoted names are not known to Prometheus ${reading.grammar.version}`);
  }
  if (label.kind !== 'identifier' && !isQuoted) throw reading.reader.unexpected(label, 'a label name');
  const name = isQuoted ? reading.unquoted(label) : label.text;
  const operator = reading.reader.peek();
  const isOperatorHere = operator.kind === 'symbol' && ['=', '!=', '=~', '!~'].includes(operator.text);
  if (!isOperatorHere) {
    if (!isQuoted) throw reading.reader.unexpected(operator, 'one of = != =~ !~');
    return { name: '__name__', op: '=', value: name, matchesEmpty: name === '', ...spanOf(label) };
  }
  reading.reader.next();
  const value = reading.reader.next();
  if (value.kind !== 'string') throw reading.reader.unexpected(value, 'a string');
  const text = reading.unquoted(value);
  const op = operator.text as LabelMatcher['op'];
  return {
    name,
    op,
    value: text,
    matchesEmpty: matchesEmpty(reading, op, text, value),
    start: label.start,
    end: value.end,
  };
}

function matchesEmpty(reading: Reading, op: LabelMatcher['op'], value: string, token: Token): boolean {
  if (op === '=') return value === '';
  if (op === '!=') return value !== '';
  const compiled = compileMatcher(value);
  if ('fault' in compiled) {
    const detail = `the regular expression is refused: ${compiled.fault}`;
    reading.faults.push({ code: 'regex', ...spanOf(token), detail });
    return false;
  }
  return compiled.matches('') === (op === '=~');
}
