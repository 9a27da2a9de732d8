import { RE2JS } from 're2js';
import { excerpt } from '../problems';

const LONGEST_PATTERN = 2000;
/** Instructions of the compiled program. With repetitions each may run for each character of a value, without them about once. */
const LARGEST_WITH_REPETITION = 1000;
const LARGEST = 4000;
/** Values of labels repeat: most are looked up. */
const MOST_REMEMBERED = 500;
const LONGEST_REMEMBERED = 200;

const ALTERNATIVES = /^[\w:@ /-]*(?:\|[\w:@ /-]*)*$/;
const REPETITION = /[*+{]/;

/**
 * Compiles a regular expression (RE2, linear in time) that a label's whole value must match. Throws an Error when it cannot be read, or
 * when it is so large that storms of alerts would wait for it.
 */
export function compileLabelPattern(text: string): (value: string) => boolean {
  if (text.length > LONGEST_PATTERN) {
    throw new Error(`a regular expression must not be longer than ${LONGEST_PATTERN} characters`);
  }
  // Lists of names are what people write most; they need no automaton.
  if (ALTERNATIVES.test(text)) {
    const values = new Set(text.split('|'));
    return (value) => values.has(value);
  }
  const pattern = compile(text);
  const largest = REPETITION.test(text) ? LARGEST_WITH_REPETITION : LARGEST;
  if (pattern.programSize() > largest) {
    throw new Error(`the regular expression "${excerpt(text)}" is too large; use fewer repetitions or classes`);
  }
  return remembering((value) => pattern.matcher(value).matches());
}

function compile(text: string): RE2JS {
  try {
    return RE2JS.compile(text);
  } catch (error) {
    const reason = error instanceof Error ? excerpt(error.message.replace(/^error parsing regexp: /, '')) : 'not valid';
    throw new Error(`"${excerpt(text)}" is no regular expression of RE2: ${reason}`, { cause: error });
  }
}

function remembering(test: (value: string) => boolean): (value: string) => boolean {
  const known = new Map<string, boolean>();
  return (value) => {
    const found = known.get(value);
    if (found !== undefined) return found;
    const result = test(value);
    if (value.length <= LONGEST_REMEMBERED) {
      if (known.size >= MOST_REMEMBERED) known.clear();
      known.set(value, result);
    }
    return result;
  };
}
