import { Cron } from 'croner';
import { parseDuration } from '../../durations';
import type { SuppressionDefinition } from '../../policy/policy-document';
import { excerpt, type FieldProblem } from '../../problems';

/** From (inclusive) to (exclusive), epoch milliseconds. */
export interface TimeWindow {
  from: number;
  to: number;
}

/** Windows that come again and again. */
export interface Recurrence {
  /** The window a moment falls into; of overlapping ones the one that lasts longest. Null outside of all. */
  windowAt: (at: number) => TimeWindow | null;
}

type RecurrenceTerms = NonNullable<SuppressionDefinition['recurrence']>;

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const LONGEST_WINDOW_MS = 31 * 24 * 60 * MINUTE;
const LONGEST_CRON = 100;
/** Windows looked at to find out whether there is ever a pause between them. */
const LOOKED_AT = 400;
/** A fixed moment to look from: a definition must not be valid today and refused tomorrow. */
const LOOKED_FROM = Date.UTC(2026, 0, 1);

/**
 * Compiles recurring windows: each begins when the clocks of the time zone show what the pattern says, and lasts for a span of real
 * time. Where clocks are put forward past the beginning, the window begins right after the gap; where an hour is repeated, a pattern
 * with a fixed time begins once, the first time. Problems point into `{cron, time_zone, duration}`.
 */
export function compileRecurrence({ cron, time_zone, duration }: RecurrenceTerms): Recurrence | FieldProblem[] {
  const problems: FieldProblem[] = [];
  const problem = (field: keyof RecurrenceTerms, code: string, detail: string): void => {
    problems.push({ pointer: `/${field}`, code, detail });
  };
  const span = parseDuration(duration);
  if (span === null || span < MINUTE || span > LONGEST_WINDOW_MS) {
    problem('duration', 'bad_duration', 'must be a duration from 1m to 31d, such as 2h');
  }
  if (!isTimeZone(time_zone)) {
    const detail = `"${excerpt(time_zone)}" is no time zone; use a name such as Europe/Berlin, or UTC`;
    problem('time_zone', 'bad_time_zone', detail);
  }
  if (problems.length > 0 || span === null) return problems;
  const job = cronOf(cron, time_zone);
  if (typeof job === 'string') problem('cron', 'bad_cron', job);
  else if (!job.nextRun(new Date(LOOKED_FROM)))
    problem('cron', 'never', 'there is no such day: this pattern never begins a window');
  else if (isEndless(job, span)) {
    problem('duration', 'never_ends', 'each window begins before the one before is over: this would hide for ever');
  } else return { windowAt: windowsOf(job, span) };
  return problems;
}

function cronOf(cron: string, timezone: string): Cron | string {
  if (cron.length > LONGEST_CRON) return `must not be longer than ${LONGEST_CRON} characters`;
  try {
    return new Cron(cron, { timezone, mode: '5-part', paused: true });
  } catch (error) {
    const reason = error instanceof Error ? excerpt(error.message.replace(/^CronPattern: /, '')) : 'not valid';
    return `must be a cron pattern of five fields, such as "0 2 * * 6": ${reason}`;
  }
}

function isEndless(job: Cron, span: number): boolean {
  let last = job.nextRun(new Date(LOOKED_FROM));
  for (let looked = 1; last && looked < LOOKED_AT; looked++) {
    const next = job.nextRun(last);
    if (!next || next.getTime() - last.getTime() > span) return false;
    last = next;
  }
  return true;
}

function windowsOf(job: Cron, span: number): Recurrence['windowAt'] {
  // Storms ask for the same time again and again: nothing begins from the one to the other of these two.
  let last = { from: Infinity, next: -Infinity };
  return (at) => {
    if (!(at >= last.from && at < last.next)) last = around(job, at);
    const to = last.from + span;
    return at < to ? { from: last.from, to } : null;
  };
}

/** The last beginning at or before a moment, and the next after it. The pattern's library counts in seconds. */
function around(job: Cron, at: number): { from: number; next: number } {
  const from = job.previousRuns(2, new Date(at + SECOND)).find((date) => date.getTime() <= at);
  const next = job.nextRun(new Date(at));
  return { from: from?.getTime() ?? -Infinity, next: next?.getTime() ?? Infinity };
}

/** Whether the platform knows the time zone. */
export function isTimeZone(name: string): boolean {
  if (name === '' || name.length > 100) return false;
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
