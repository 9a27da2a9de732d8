import { parseClassicMatchers } from '../../policy/classic-matchers';
import type { ParsedMatcher } from '../../policy/parsed-matcher';
import { parseUtf8Matchers } from '../../policy/utf8-matchers';
import { patternFault } from '../go/pattern';
import { excerpt } from '../../problems';
import { UTF8_SINCE } from '../version';

/**
 * The matchers of one text, as Alertmanager of that version understands them: the old notation where it can be read,
 * which decides also where both can. Throws an Error that says what cannot be read.
 */
export function readMatchers(text: string, minor: number): ParsedMatcher[] {
  try {
    return checked(parseClassicMatchers(text), minor);
  } catch (error) {
    if (minor < UTF8_SINCE) throw error;
    try {
      return checked(parseUtf8Matchers(text), minor);
    } catch {
      throw error;
    }
  }
}

/** Why a text is refused as a list of matchers, or null. */
export function matchersFault(text: string, minor: number): string | null {
  try {
    readMatchers(text, minor);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : 'is not readable';
  }
}

function checked(matchers: ParsedMatcher[], minor: number): ParsedMatcher[] {
  for (const { name, operator, value } of matchers) {
    const fault = operator === '=~' || operator === '!~' ? patternFault(value, minor) : null;
    if (fault !== null) throw new Error(`the matcher of "${excerpt(name)}" ${fault}`);
  }
  return matchers;
}
