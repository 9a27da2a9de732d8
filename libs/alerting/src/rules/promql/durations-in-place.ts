import { excerpt } from '../../problems';
import type { Grammar } from './grammar';
import type { Token } from './lexer';
import { readDuration, readNumber } from './literals';
import type { Fault, TokenReader } from './token-reader';

/** Signed 64-bit nanoseconds, in seconds. */
const LONGEST_SECONDS = 2 ** 63 / 1e9;

/**
 * Reads a duration in brackets or after `offset`, in milliseconds. Older versions take a sign only after `offset`, and
 * a unit is a must; newer ones take numbers of seconds.
 */
export function parseDurationIn(
  reader: TokenReader,
  grammar: Grammar,
  faults: Fault[],
  { isPositive }: { isPositive: boolean },
): number {
  let sign = 1;
  const first = reader.peek();
  const takesSigns = grammar.signedDurations;
  while (reader.isSymbol('-') || (takesSigns && reader.isSymbol('+'))) {
    if (!takesSigns && (isPositive || sign === -1)) break;
    if (reader.next().text === '-') sign = -sign;
  }
  const token = reader.next();
  const isNumber = token.kind === 'number' && grammar.numbersAreDurations;
  if (token.kind !== 'duration' && !isNumber) throw reader.unexpected(token, 'a duration such as 5m');
  const seconds = sign * secondsOf(token, faults);
  const span = { start: first.start, end: token.end };
  const mayBeNothing = grammar.numbersAreDurations && !isPositive;
  if (!Number.isNaN(seconds) && Math.abs(seconds) > LONGEST_SECONDS) {
    faults.push({ code: 'duration', ...span, detail: 'the duration is too long' });
  } else if ((isPositive && seconds < 0) || (seconds === 0 && !mayBeNothing)) {
    faults.push({ code: 'duration', ...span, detail: 'the duration must be greater than 0' });
  }
  return seconds * 1000;
}

function secondsOf(token: Token, faults: Fault[]): number {
  const ms = token.kind === 'duration' ? readDuration(token.text) : null;
  const seconds = token.kind === 'duration' ? (ms === null ? null : ms / 1000) : readNumber(token.text);
  if (seconds !== null) return seconds;
  const { start, end } = token;
  const detail = `"${excerpt(token.text)}" is not a duration such as 5m or 1h30m`;
  faults.push({ code: 'duration', start, end, detail });
  return NaN;
}
