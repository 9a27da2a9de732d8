import { excerpt, pointerTo, type FieldProblem } from '../problems';
import type { Schedule } from '../policy/policy-document';
import { isTimeZone } from './suppression/recurrence';

/** Schedules by name; each tells whether it is in force at a moment (epoch milliseconds). */
export type Schedules = ReadonlyMap<string, (at: number) => boolean>;

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const MINUTE = 60_000;

/** Checks and compiles schedules; a faulty one is never in force, and reported. */
export function compileSchedules(schedules: Record<string, Schedule>): { value: Schedules; problems: FieldProblem[] } {
  const problems: FieldProblem[] = [];
  const value = new Map<string, (at: number) => boolean>();
  for (const [name, schedule] of Object.entries(schedules)) {
    try {
      value.set(name, compileSchedule(schedule));
    } catch (error) {
      const detail = error instanceof Error ? error.message : 'not valid';
      problems.push({ pointer: pointerTo(name), code: 'bad_schedule', detail });
    }
  }
  return { value, problems };
}

function compileSchedule({ time_zone, times }: Schedule): (at: number) => boolean {
  if (!isTimeZone(time_zone)) {
    throw new Error(`"${excerpt(time_zone)}" is no time zone; use a name such as Europe/Berlin, or UTC`);
  }
  if (times.length === 0) throw new Error('must have times, or it is never in force');
  const local = new Intl.DateTimeFormat('en-GB', {
    timeZone: time_zone,
    weekday: 'long',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const ranges = times.map(({ weekdays, from, to }) => rangeOf(daysOf(weekdays), minuteOf(from), minuteOf(to)));
  let last = { minute: -1, is: false };
  return (at) => {
    const minute = Math.floor(at / MINUTE);
    // Storms ask for the same minute again and again.
    if (last.minute !== minute) last = { minute, is: isWithin(local, ranges, at) };
    return last.is;
  };
}

interface Range {
  days: ReadonlySet<number>;
  from: number;
  to: number;
}

function rangeOf(days: ReadonlySet<number>, from: number, to: number): Range {
  if (from === 24 * 60) throw new Error('24:00 is an end only; a day begins at 00:00');
  if (from === to) throw new Error('from and to are the same; a whole day is 00:00 to 24:00');
  return { days, from, to };
}

/** By the clocks of the time zone: an hour that is repeated counts twice, one that is left out not at all. */
function isWithin(local: Intl.DateTimeFormat, ranges: readonly Range[], at: number): boolean {
  const parts = new Map(local.formatToParts(at).map(({ type, value }) => [type, value]));
  const day = WEEKDAYS.indexOf(parts.get('weekday')!.toLowerCase());
  const minute = Number(parts.get('hour')) * 60 + Number(parts.get('minute'));
  return ranges.some(({ days, from, to }) => {
    if (from < to) return days.has(day) && minute >= from && minute < to;
    // Over midnight: the second half belongs to the day it began on.
    return (days.has(day) && minute >= from) || (days.has((day + 6) % 7) && minute < to);
  });
}

function daysOf(weekdays: string[] | undefined): ReadonlySet<number> {
  if (weekdays === undefined || weekdays.length === 0) return new Set(WEEKDAYS.keys());
  const days = new Set<number>();
  for (const text of weekdays) {
    const [first, last = first] = text.toLowerCase().split(':') as [string, string?];
    const [start, end] = [WEEKDAYS.indexOf(first), WEEKDAYS.indexOf(last)];
    if (start < 0 || end < 0) throw new Error('weekdays are monday to sunday, or ranges such as monday:friday');
    for (let day = start; ; day = (day + 1) % 7) {
      days.add(day);
      if (day === end) break;
    }
  }
  return days;
}

function minuteOf(text: string): number {
  const match = /^([01]\d|2[0-4]):([0-5]\d)$/.exec(text);
  const minute = match ? Number(match[1]) * 60 + Number(match[2]) : NaN;
  if (!(minute <= 24 * 60)) throw new Error('times are written HH:MM, from 00:00 to 24:00');
  return minute;
}
