import { parseClassicMatchers } from './classic-matchers';
import { compileLabelPattern } from './label-pattern';
import type { ParsedMatcher } from './parsed-matcher';
import { parseUtf8Matchers } from './utf8-matchers';

/** Tells whether labels satisfy a list of matchers. */
export type LabelTest = (labels: Readonly<Record<string, string>>) => boolean;

interface CompiledMatcher {
  name: string;
  test: (value: string) => boolean;
}

const LONGEST_MATCHER = 4000;
const MOST_KEPT = 2000;

/** Compiled texts: each new version of a policy repeats most of the one before. */
const kept = new Map<string, readonly CompiledMatcher[]>();

/**
 * Compiles matchers in Alertmanager's notation: `severity="critical"`, `team=~"a|b"`, `env!="test"`, `zone!~"x.*"`; quotes may be left
 * out, names that Prometheus 2 would refuse are quoted, and one text may hold several: `{a="1", b!="2"}`. What the older of
 * Alertmanager's two parsers understands means what it means there. Regular expressions are RE2 and match the whole value; a label
 * that is absent has the empty value. All must hold. Throws an Error that names the matcher which cannot be used.
 */
export function compileMatchers(matchers: readonly string[]): LabelTest {
  const compiled = matchers.flatMap(compileText);
  return (labels) => compiled.every(({ name, test }) => test(Object.hasOwn(labels, name) ? labels[name]! : ''));
}

/** Whether matchers hold for alerts without any of their labels, and so for alerts that nobody thought of. Throws like {@link compileMatchers}. */
export function matchesUnlabelled(matchers: readonly string[]): boolean {
  return matchers.flatMap(compileText).every(({ test }) => test(''));
}

/** The matchers of one text. Throws an Error that says what cannot be read. */
export function parseMatchers(text: string): ParsedMatcher[] {
  if (text.length > LONGEST_MATCHER) throw new Error(`a matcher must not be longer than ${LONGEST_MATCHER} characters`);
  if (!text.isWellFormed()) throw new Error('a matcher must be valid Unicode');
  try {
    return parseClassicMatchers(text);
  } catch (error) {
    try {
      return parseUtf8Matchers(text);
    } catch {
      // The older notation is what people write: its message helps them more.
      throw error;
    }
  }
}

function compileText(text: string): readonly CompiledMatcher[] {
  const known = kept.get(text);
  if (known) return known;
  const compiled = parseMatchers(text).map(({ name, operator, value }) => ({ name, test: testOf(operator, value) }));
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(text, compiled);
  return compiled;
}

function testOf(operator: ParsedMatcher['operator'], expected: string): (value: string) => boolean {
  switch (operator) {
    case '=':
      return (value) => value === expected;
    case '!=':
      return (value) => value !== expected;
    case '=~':
      return compileLabelPattern(expected);
    case '!~': {
      const matches = compileLabelPattern(expected);
      return (value) => !matches(value);
    }
  }
}
