import { excerpt } from '../../problems';
import { all, checkedText, list, struct, text } from './fields';
import { timeZone } from './values';

const WEEKDAYS = 'sunday monday tuesday wednesday thursday friday saturday'.split(' ');
const MONTHS = 'january february march april may june july august september october november december'.split(' ');
const INTEGER = /^[-+]?\d{1,18}$/;
const CLOCK = /^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/;

/** Both ends included. */
export interface WholeRange {
  begin: number;
  end: number;
}

type Member = (text: string) => number | null;
const integer: Member = (text) => (INTEGER.test(text) ? Number(text) : null);
const weekday: Member = (text) => (WEEKDAYS.includes(text) ? WEEKDAYS.indexOf(text) : null);
const month: Member = (text) => (MONTHS.includes(text) ? MONTHS.indexOf(text) + 1 : integer(text));

/** The grammars of the parts of a time interval: a value, or two with a colon between. Each answers null for other text. */
export const readWeekdays = (text: string): WholeRange | null => inOrder(readRange(text, weekday));
export const readMonths = (text: string): WholeRange | null => inOrder(readRange(text, month));
export const readYears = (text: string): WholeRange | null => inOrder(readRange(text, integer));

/** Days of the month; negative ones count from its end. */
export function readDaysOfMonth(text: string): WholeRange | null {
  const range = readRange(text, integer);
  if (range === null || !isDay(range.begin) || !isDay(range.end)) return null;
  if (range.begin < 0 && range.end > 0) return null;
  // As if in the shortest month: an end that could come before its beginning is refused at once.
  const fromStart = (day: number): number => (day < 0 ? 28 + day : day);
  return fromStart(range.begin) <= fromStart(range.end) ? range : null;
}

/** Minutes of the day of a time such as 09:30, or null. */
export function readClock(text: string): number | null {
  return CLOCK.test(text) ? Number(text.slice(0, 2)) * 60 + Number(text.slice(3)) : null;
}

const isDay = (day: number): boolean => day !== 0 && Math.abs(day) <= 31;

function readRange(text: string, member: Member): WholeRange | null {
  const parts = text.toLowerCase().split(':');
  if (parts.length > 2) return null;
  const begin = member(parts[0]!);
  const end = member(parts.at(-1)!);
  return begin === null || end === null ? null : { begin, end };
}

const inOrder = (range: WholeRange | null): WholeRange | null => (range && range.begin <= range.end ? range : null);

const ranges = (read: (text: string) => WholeRange | null, example: string) =>
  list(checkedText((text) => (read(text) ? null : `"${excerpt(text)}" must be ${example}, the earlier one first`)));

const timeRange = struct(all(text, 'start_time end_time'), (values, report) => {
  const [start, end] = [readClock(values.text('start_time')), readClock(values.text('end_time'))];
  if (start === null) report('time_range', 'start_time must be a time such as 09:00', 'start_time');
  if (end === null) report('time_range', 'end_time must be a time such as 17:30, or 24:00', 'end_time');
  if (start !== null && end !== null && start >= end) {
    report('time_range', 'must end after it begins; over midnight takes two ranges', 'end_time');
  }
});

/** One time interval; all of its parts must hold. */
const timeInterval = struct({
  times: { type: list(timeRange) },
  weekdays: { type: ranges(readWeekdays, 'days such as monday or monday:friday') },
  days_of_month: { type: ranges(readDaysOfMonth, 'days such as 1, 1:15 or -3:-1') },
  months: { type: ranges(readMonths, 'months such as january, 1 or march:may') },
  years: { type: ranges(readYears, 'years such as 2026 or 2026:2028') },
  location: { type: timeZone },
});

/** A name for some of them; one that holds is enough. */
export const namedTimeIntervals = struct(
  { name: { type: text }, time_intervals: { type: list(timeInterval) } },
  (values, report) => {
    if (values.text('name') === '') report('required', 'needs a name');
  },
);
