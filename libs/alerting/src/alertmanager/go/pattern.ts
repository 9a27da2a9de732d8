import { RE2JS } from 're2js';
import { excerpt } from '../../problems';

/** More makes the check itself slow; Alertmanager's own examples have a hundred. */
const LONGEST = 20_000;

/** The first version that is built with a Go which knows the shorter notation. */
const NAMED_SINCE = 28;

/** Why Go refuses a text as a regular expression that must match whole values, or null. */
export function patternFault(text: string, minor: number): string | null {
  if (text.length > LONGEST) return `must not be longer than ${LONGEST} characters`;
  if (minor < NAMED_SINCE && /\(\?<[^=!]/.test(text))
    return 'names a group as (?<name>, which the target writes (?P<name>';
  const known = faults.get(text);
  if (known !== undefined) return known;
  const fault = compileFault(text);
  if (faults.size >= MOST_REMEMBERED) faults.clear();
  faults.set(text, fault);
  return fault;
}

/** The same pattern is judged for each version, cluster and check. */
const faults = new Map<string, string | null>();
const MOST_REMEMBERED = 2000;

function compileFault(text: string): string | null {
  // Alertmanager wraps the text without looking at it first, so that an extra bracket can close the wrapping.
  try {
    RE2JS.compile(`^(?:${text})$`);
    return null;
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : 'not valid';
    return `is no regular expression that Alertmanager understands: ${excerpt(reason)}`;
  }
}
