const EARLIEST_YEAR = 1970;
const DAY_MS = 86_400_000;

/** Go writes this where a time is not set; a firing alert's `endsAt` always is. */
export const ZERO_TIME = '0001-01-01T00:00:00Z';

/**
 * A moment as Alertmanager sends it. `ms` is what a Date can hold; `exact` is the same moment as
 * `<epoch seconds>.<nanoseconds>`, so that two spellings (zones, trailing zeros) of one moment are equal text.
 */
export interface Instant {
  ms: number;
  exact: string;
}

const NO_TIME = -1;
const DOT = 46;
const PLUS = 43;
const MINUS = 45;
const UPPER_Z = 90;
/** Length of `2026-11-22T10:40:55`. */
const SECONDS_END = 19;

/** The text looked at last and its second: the alerts of one group mostly began together. Both are values, nothing is shared. */
let lastText = '';
let lastSecond = NO_TIME;

/** Reads an RFC 3339 time with a zone, from 1970 to 9999; null for anything else, days that do not exist included. */
export function readInstant(text: string): Instant | null {
  const wholeMs = secondOf(text);
  if (wholeMs === NO_TIME) return null;
  const nanoseconds = (text.charCodeAt(SECONDS_END) === DOT ? text.slice(SECONDS_END + 1, fractionEnd(text)) : '')
    .padEnd(9, '0')
    .slice(0, 9);
  return { ms: wholeMs + Number(nanoseconds.slice(0, 3)), exact: `${wholeMs / 1000}.${nanoseconds}` };
}

/** Whether {@link readInstant} would read it; allocates nothing. */
export function isInstant(text: string): boolean {
  return secondOf(text) !== NO_TIME;
}

function secondOf(text: string): number {
  if (text === lastText) return lastSecond;
  lastSecond = parseSecond(text);
  lastText = text;
  return lastSecond;
}

/** By character codes instead of a pattern: this runs twice for each alert before it is acknowledged. */
function parseSecond(text: string): number {
  if (text.length < SECONDS_END + 1 || !hasSeparators(text)) return NO_TIME;
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  // What is no number fails every comparison.
  if (!(year >= EARLIEST_YEAR && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month))) return NO_TIME;
  if (!(hour <= 23 && minute <= 59 && second <= 59)) return NO_TIME;
  const zone = zoneOf(text, text.charCodeAt(SECONDS_END) === DOT ? fractionEnd(text) : SECONDS_END);
  if (Number.isNaN(zone)) return NO_TIME;
  const wholeMs = daysBefore(year, month, day) * DAY_MS + ((hour * 60 + minute - zone) * 60 + second) * 1000;
  return wholeMs < 0 ? NO_TIME : wholeMs;
}

function hasSeparators(text: string): boolean {
  return text[4] === '-' && text[7] === '-' && text[10] === 'T' && text[13] === ':' && text[16] === ':';
}

function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

/** Where the digits after the dot end; the dot itself when there are none. */
function fractionEnd(text: string): number {
  let at = SECONDS_END + 1;
  while (at < text.length && text.charCodeAt(at) >= 48 && text.charCodeAt(at) <= 57) at++;
  return at === SECONDS_END + 1 ? SECONDS_END : at;
}

/** Minutes east of UTC of the zone that begins at `at` and ends the text; NaN when it is none. */
function zoneOf(text: string, at: number): number {
  const sign = text.charCodeAt(at);
  if (sign === UPPER_Z) return text.length === at + 1 ? 0 : Number.NaN;
  if ((sign !== PLUS && sign !== MINUS) || text.length !== at + 6 || text[at + 3] !== ':') return Number.NaN;
  const hours = twoDigits(text, at + 1);
  const minutes = twoDigits(text, at + 4);
  if (!(hours <= 23 && minutes <= 59)) return Number.NaN;
  return (hours * 60 + minutes) * (sign === MINUS ? -1 : 1);
}

/** Days from 1970-01-01. `Date.UTC` would do, and is several times as slow. */
function daysBefore(year: number, month: number, day: number): number {
  // Years that begin in March: then the day that comes and goes is the last of its year.
  const shifted = month > 2 ? year : year - 1;
  const ofYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const leaps = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400);
  return shifted * 365 + leaps + ofYear - 719_468;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
