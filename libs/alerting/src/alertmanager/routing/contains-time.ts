import type { StructValues } from '../schema/go-type';
import {
  readClock,
  readDaysOfMonth,
  readMonths,
  readWeekdays,
  readYears,
  type WholeRange,
} from '../schema/time-interval';
import { textsOf, valuesOf } from './walk-routes';

const WEEKDAYS = 'Sun Mon Tue Wed Thu Fri Sat'.split(' ');

interface LocalTime {
  minute: number;
  weekday: number;
  day: number;
  daysInMonth: number;
  month: number;
  year: number;
}

/**
 * Whether a time interval of a configuration contains a moment (epoch milliseconds), by the clocks of its location. Without one it
 * is UTC; the target's own zone, "Local", is not known here and taken for UTC.
 */
export function containsTime(interval: StructValues, at: number): boolean {
  const local = localTime(at, interval.text('location'));
  const isIn = (name: string, read: (text: string) => WholeRange | null, value: number): boolean =>
    !interval.has(name) || textsOf(interval, name).some((text) => within(read(text), value));
  const isInTimes =
    !interval.has('times') ||
    interval.list('times').some((item) => {
      const [start, end] = ['start_time', 'end_time'].map((name) => readClock(valuesOf(item).text(name)));
      return typeof start === 'number' && typeof end === 'number' && local.minute >= start && local.minute < end;
    });
  return (
    isInTimes &&
    isIn('weekdays', readWeekdays, local.weekday) &&
    isIn('months', readMonths, local.month) &&
    isIn('years', readYears, local.year) &&
    (!interval.has('days_of_month') || textsOf(interval, 'days_of_month').some((text) => containsDay(text, local)))
  );
}

/** Negative days count from the end of the month; what lies beyond its end does not move into the next. */
function containsDay(text: string, { day, daysInMonth }: LocalTime): boolean {
  const range = readDaysOfMonth(text);
  if (range === null) return false;
  const fromStart = (value: number): number => (value < 0 ? daysInMonth + value + 1 : value);
  const begin = fromStart(range.begin);
  return day >= begin && day <= Math.min(fromStart(range.end), daysInMonth);
}

const within = (range: WholeRange | null, value: number): boolean =>
  range !== null && value >= range.begin && value <= range.end;

function localTime(at: number, location: string): LocalTime {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: location === '' || location === 'Local' ? 'UTC' : location,
    hourCycle: 'h23',
    weekday: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const number = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type));
  const [year, month] = [number('year'), number('month')];
  return {
    minute: number('hour') * 60 + number('minute'),
    weekday: WEEKDAYS.indexOf(parts.get('weekday') ?? ''),
    day: number('day'),
    daysInMonth: new Date(Date.UTC(year, month, 0)).getUTCDate(),
    month,
    year,
  };
}
