const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|([+-])(\d\d):(\d\d))$/;
const EARLIEST_YEAR = 1970;
const MINUTE_MS = 60_000;

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

/** Reads an RFC 3339 time with a zone, from 1970 to 9999; null for anything else, days that do not exist included. */
export function readInstant(text: string): Instant | null {
  const match = RFC3339.exec(text);
  if (!match) return null;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const [hour, minute, second] = [Number(match[4]), Number(match[5]), Number(match[6])];
  const [zoneHour, zoneMinute] = [Number(match[9] ?? 0), Number(match[10] ?? 0)];
  if (year < EARLIEST_YEAR || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null;
  if (hour > 23 || minute > 59 || second > 59 || zoneHour > 23 || zoneMinute > 59) return null;
  const zoneMs = (zoneHour * 60 + zoneMinute) * MINUTE_MS * (match[8] === '-' ? -1 : 1);
  const wholeMs = Date.UTC(year, month - 1, day, hour, minute, second) - zoneMs;
  if (wholeMs < 0) return null;
  const nanoseconds = (match[7] ?? '').padEnd(9, '0').slice(0, 9);
  return { ms: wholeMs + Number(nanoseconds.slice(0, 3)), exact: `${wholeMs / 1000}.${nanoseconds}` };
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
