import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Schedule } from '../policy/policy-document';
import { compileSchedules } from './schedule';

const compile = (schedule: Schedule) => compileSchedules({ 'a/b': schedule });
const isInForce = (schedule: Schedule, at: string): boolean => compile(schedule).value.get('a/b')!(Date.parse(at));

const WORK = { weekdays: ['monday:friday'], from: '09:00', to: '17:00' };
const NIGHT = { weekdays: ['friday'], from: '22:00', to: '06:00' };
const SMALL_HOURS = { from: '02:00', to: '03:00' };
const LAST_MINUTE = { weekdays: ['tuesday'], from: '23:59', to: '24:00' };
const WEEKEND = { weekdays: ['saturday:sunday'], from: '00:00', to: '24:00' };

describe('a schedule', () => {
  it.each([
    ['is open at its first minute in winter', 'Europe/Berlin', WORK, '2026-01-05T08:00:00Z', true],
    ['is closed one second before', 'Europe/Berlin', WORK, '2026-01-05T07:59:59Z', false],
    ['is open in its last second', 'Europe/Berlin', WORK, '2026-01-05T15:59:59.999Z', true],
    ['is closed at its end', 'Europe/Berlin', WORK, '2026-01-05T16:00:00Z', false],
    ['begins an hour earlier by UTC in summer', 'Europe/Berlin', WORK, '2026-07-06T07:00:00Z', true],
    ['ends an hour earlier by UTC in summer', 'Europe/Berlin', WORK, '2026-07-06T15:00:00Z', false],
    ['is closed on Saturday', 'Europe/Berlin', WORK, '2026-01-10T10:00:00Z', false],
    ['follows the other continent’s summer time', 'America/New_York', WORK, '2026-03-09T13:00:00Z', true],
    ['kept winter time the Friday before', 'America/New_York', WORK, '2026-03-06T13:00:00Z', false],
    ['knows no summer time in China', 'Asia/Shanghai', WORK, '2026-07-06T01:00:00Z', true],
    ['knows quarters of an hour in Nepal', 'Asia/Kathmandu', WORK, '2026-07-06T03:15:00Z', true],
    ['is closed a minute before in Nepal', 'Asia/Kathmandu', WORK, '2026-07-06T03:14:00Z', false],
    ['has a summer of half an hour on Lord Howe', 'Australia/Lord_Howe', WORK, '2026-01-04T22:00:00Z', true],
    ['has a winter on Lord Howe, too', 'Australia/Lord_Howe', WORK, '2026-07-05T22:30:00Z', true],
    ['is closed half an hour before that winter morning', 'Australia/Lord_Howe', WORK, '2026-07-05T22:29:00Z', false],
    ['is already Monday in Kiribati', 'Pacific/Kiritimati', WORK, '2026-01-04T19:00:00Z', true],
    ['is still Friday in Samoa of the United States', 'Pacific/Pago_Pago', WORK, '2026-01-10T03:59:00Z', true],
    ['goes over midnight', 'Europe/Berlin', NIGHT, '2026-01-09T23:30:00Z', true],
    ['belongs to the day it began on', 'Europe/Berlin', NIGHT, '2026-01-10T04:59:00Z', true],
    ['ends in the morning', 'Europe/Berlin', NIGHT, '2026-01-10T05:00:00Z', false],
    ['does not begin on the next evening', 'Europe/Berlin', NIGHT, '2026-01-10T22:00:00Z', false],
    ['was not there on the morning of its day', 'Europe/Berlin', NIGHT, '2026-01-09T04:00:00Z', false],
    ['has no such hour when clocks go forward', 'Europe/Berlin', SMALL_HOURS, '2026-03-29T01:00:00Z', false],
    ['is closed right before that gap', 'Europe/Berlin', SMALL_HOURS, '2026-03-29T00:59:59Z', false],
    ['has the hour the day after', 'Europe/Berlin', SMALL_HOURS, '2026-03-30T00:30:00Z', true],
    ['has the hour twice when clocks go back: first', 'Europe/Berlin', SMALL_HOURS, '2026-10-25T00:30:00Z', true],
    ['has the hour twice when clocks go back: second', 'Europe/Berlin', SMALL_HOURS, '2026-10-25T01:30:00Z', true],
    ['is over after both', 'Europe/Berlin', SMALL_HOURS, '2026-10-25T02:00:00Z', false],
    ['has a leap day', 'UTC', { weekdays: ['tuesday'], from: '12:00', to: '13:00' }, '2028-02-29T12:30:00Z', true],
    [
      'goes on after the leap day',
      'UTC',
      { weekdays: ['wednesday'], from: '00:00', to: '01:00' },
      '2028-03-01T00:00:00Z',
      true,
    ],
    ['has the last minute of a day', 'UTC', LAST_MINUTE, '2028-02-29T23:59:59Z', true],
    ['ends with the day', 'UTC', LAST_MINUTE, '2028-03-01T00:00:00Z', false],
    ['may go from one week into the next', 'UTC', WEEKEND, '2026-01-11T23:59:00Z', true],
    ['is over on Monday', 'UTC', WEEKEND, '2026-01-12T00:00:00Z', false],
    ['lost a whole day in Samoa, and Saturday came', 'Pacific/Apia', WEEKEND, '2011-12-30T10:00:00Z', true],
    ['had Thursday right before', 'Pacific/Apia', WEEKEND, '2011-12-30T09:59:00Z', false],
  ])('%s (%s)', (_what, time_zone, time, at, expected) => {
    expect(isInForce({ time_zone, times: [time] }, at)).toBe(expected);
  });

  it('answers the same when it is asked about other times in between', () => {
    const test = compile({ time_zone: 'UTC', times: [WORK] }).value.get('a/b')!;
    const [open, closed] = [Date.parse('2026-01-05T10:00:00Z'), Date.parse('2026-01-05T20:00:00Z')];
    expect([open, closed, closed, open, open + 1].map(test)).toEqual([true, false, false, true, true]);
  });

  it.each<[string, Schedule, RegExp]>([
    ['an unknown time zone', { time_zone: 'Mars/Olympus', times: [WORK] }, /no time zone/],
    ['no time zone', { time_zone: '', times: [WORK] }, /no time zone/],
    ['no times', { time_zone: 'UTC', times: [] }, /must have times/],
    ['a minute that does not exist', { time_zone: 'UTC', times: [{ from: '09:60', to: '10:00' }] }, /HH:MM/],
    ['an hour that does not exist', { time_zone: 'UTC', times: [{ from: '09:00', to: '24:01' }] }, /HH:MM/],
    ['a beginning at the end of a day', { time_zone: 'UTC', times: [{ from: '24:00', to: '10:00' }] }, /00:00/],
    ['no length', { time_zone: 'UTC', times: [{ from: '09:00', to: '09:00' }] }, /same/],
    ['a day that does not exist', { time_zone: 'UTC', times: [{ ...WORK, weekdays: ['mon'] }] }, /weekdays/],
  ])('is refused with %s, and never in force', (_what, schedule, detail) => {
    const { value, problems } = compile(schedule);
    expect(problems).toEqual([{ pointer: '/a~1b', code: 'bad_schedule', detail: expect.stringMatching(detail) }]);
    expect(value.size).toBe(0);
  });

  describe('of days and times, as Alertmanager writes them', () => {
    interface Interval {
      weekdays?: string[];
      times?: { start_time: string; end_time: string }[];
    }
    const corpora = process.env['ALERTAGENT_CORPORA'] ?? join(__dirname, '../../../../../shared/corpora');
    interface Judged {
      time_intervals_yaml: string;
      valid_by_amtool033: boolean;
    }
    /** Some of our own where the collection is not at hand. */
    const own: Judged[] = [
      { time_intervals_yaml: "- weekdays: ['tuesday:thursday']", valid_by_amtool033: true },
      { time_intervals_yaml: "- times: [{start_time: '08:30', end_time: '24:00'}]", valid_by_amtool033: true },
      { time_intervals_yaml: "- weekdays: ['someday']", valid_by_amtool033: false },
      { time_intervals_yaml: "- times: [{start_time: '08:30', end_time: '25:00'}]", valid_by_amtool033: false },
    ];
    const file = join(corpora, 'amconfig/time_intervals.jsonl');
    const judged = existsSync(file)
      ? readFileSync(file, 'utf8')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as Judged)
      : own;
    const cases = judged
      .map(({ time_intervals_yaml, valid_by_amtool033 }) => ({
        yaml: time_intervals_yaml,
        intervals: parse(time_intervals_yaml) as Interval[],
        valid: valid_by_amtool033,
      }))
      .filter(
        ({ yaml, intervals }) =>
          Array.isArray(intervals) &&
          intervals.every((one) => Object.keys(one).every((field) => field === 'weekdays' || field === 'times')) &&
          // A week may go on after its end here.
          !yaml.includes('friday:monday'),
      );

    it.each(cases)('is accepted or refused as amtool does: $yaml', ({ intervals, valid }) => {
      const times = intervals.flatMap(({ weekdays, times: spans = [{ start_time: '00:00', end_time: '24:00' }] }) =>
        spans.map(({ start_time, end_time }) => ({ weekdays, from: start_time, to: end_time })),
      );
      expect(compile({ time_zone: 'UTC', times }).problems.length === 0).toBe(valid);
    });
  });
});
