import fc from 'fast-check';
import { compileRecurrence, type Recurrence } from './recurrence';

function compiled(cron: string, time_zone: string, duration: string): Recurrence {
  const recurrence = compileRecurrence({ cron, time_zone, duration });
  if (Array.isArray(recurrence)) throw new Error(JSON.stringify(recurrence));
  return recurrence;
}

const windowAt = (cron: string, time_zone: string, duration: string, at: string): string | null => {
  const window = compiled(cron, time_zone, duration).windowAt(Date.parse(at));
  return window && [window.from, window.to].map((ms) => new Date(ms).toISOString().slice(5, 16)).join(' to ');
};

const NIGHTLY = '30 2 * * *';
const SATURDAY = '0 22 * * 6';

describe('a recurring window', () => {
  it.each([
    ['begins at its minute', SATURDAY, 'Europe/Berlin', '4h', '2026-01-10T21:00:00Z', '01-10T21:00 to 01-11T01:00'],
    ['is not there a millisecond before', SATURDAY, 'Europe/Berlin', '4h', '2026-01-10T20:59:59.999Z', null],
    [
      'is there in its last millisecond',
      SATURDAY,
      'Europe/Berlin',
      '4h',
      '2026-01-11T00:59:59.999Z',
      '01-10T21:00 to 01-11T01:00',
    ],
    ['is over at its end', SATURDAY, 'Europe/Berlin', '4h', '2026-01-11T01:00:00Z', null],
    [
      'is an hour earlier by UTC in summer',
      SATURDAY,
      'Europe/Berlin',
      '4h',
      '2026-07-11T20:00:00Z',
      '07-11T20:00 to 07-12T00:00',
    ],
    ['is not there on Friday', SATURDAY, 'Europe/Berlin', '4h', '2026-01-09T22:00:00Z', null],
    [
      'keeps its length when clocks go forward in it',
      '0 1 * * *',
      'Europe/Berlin',
      '2h',
      '2026-03-29T01:59:00Z',
      '03-29T00:00 to 03-29T02:00',
    ],
    [
      'keeps its length when clocks go back in it',
      '0 1 * * *',
      'Europe/Berlin',
      '2h',
      '2026-10-25T00:59:00Z',
      '10-24T23:00 to 10-25T01:00',
    ],
    [
      'is over then, though clocks still show its hour',
      '0 1 * * *',
      'Europe/Berlin',
      '2h',
      '2026-10-25T01:00:00Z',
      null,
    ],
    [
      'begins after the gap when its time is left out',
      NIGHTLY,
      'Europe/Berlin',
      '1h',
      '2026-03-29T01:00:00Z',
      '03-29T01:00 to 03-29T02:00',
    ],
    ['is not there before that gap', NIGHTLY, 'Europe/Berlin', '1h', '2026-03-29T00:59:59Z', null],
    [
      'is back at its time the next day',
      NIGHTLY,
      'Europe/Berlin',
      '1h',
      '2026-03-30T00:30:00Z',
      '03-30T00:30 to 03-30T01:30',
    ],
    [
      'begins the first time its time comes',
      NIGHTLY,
      'Europe/Berlin',
      '1h',
      '2026-10-25T00:30:00Z',
      '10-25T00:30 to 10-25T01:30',
    ],
    ['does not begin the second time', NIGHTLY, 'Europe/Berlin', '1h', '2026-10-25T01:30:00Z', null],
    [
      'is in winter the day after',
      NIGHTLY,
      'Europe/Berlin',
      '1h',
      '2026-10-26T01:30:00Z',
      '10-26T01:30 to 10-26T02:30',
    ],
    [
      'begins after the gap in New York',
      NIGHTLY,
      'America/New_York',
      '1h',
      '2026-03-08T07:00:00Z',
      '03-08T07:00 to 03-08T08:00',
    ],
    [
      'is an hour later by UTC once that summer is over',
      NIGHTLY,
      'America/New_York',
      '30m',
      '2026-11-01T07:30:00Z',
      '11-01T07:30 to 11-01T08:00',
    ],
    ['is not there an hour before', NIGHTLY, 'America/New_York', '30m', '2026-11-01T06:30:00Z', null],
    [
      'begins once where an hour is repeated',
      '30 1 * * *',
      'America/New_York',
      '30m',
      '2026-11-01T05:30:00Z',
      '11-01T05:30 to 11-01T06:00',
    ],
    ['not again where an hour is repeated', '30 1 * * *', 'America/New_York', '30m', '2026-11-01T06:30:00Z', null],
    [
      'moves by half an hour on Lord Howe',
      '0 9 * * *',
      'Australia/Lord_Howe',
      '1h',
      '2026-04-03T22:00:00Z',
      '04-03T22:00 to 04-03T23:00',
    ],
    ['has moved there', '0 9 * * *', 'Australia/Lord_Howe', '1h', '2026-04-05T22:30:00Z', '04-05T22:30 to 04-05T23:30'],
    ['never moves in China', '0 3 * * *', 'Asia/Shanghai', '1h', '2026-07-06T19:00:00Z', '07-06T19:00 to 07-06T20:00'],
    [
      'knows quarters of an hour',
      '0 0 * * *',
      'Asia/Kathmandu',
      '1h',
      '2026-01-05T18:15:00Z',
      '01-05T18:15 to 01-05T19:15',
    ],
    ['comes on leap days', '0 0 29 2 *', 'UTC', '24h', '2028-02-29T12:00:00Z', '02-29T00:00 to 03-01T00:00'],
    ['does not come in other years', '0 0 29 2 *', 'UTC', '24h', '2027-02-28T12:00:00Z', null],
    ['is over after the leap day', '0 0 29 2 *', 'UTC', '24h', '2028-03-01T00:00:00Z', null],
    [
      'comes on the last day of February',
      '0 0 L * *',
      'UTC',
      '1h',
      '2028-02-29T00:30:00Z',
      '02-29T00:00 to 02-29T01:00',
    ],
    [
      'comes on the last day of a shorter February',
      '0 0 L * *',
      'UTC',
      '1h',
      '2027-02-28T00:30:00Z',
      '02-28T00:00 to 02-28T01:00',
    ],
    ['comes on the second Tuesday', '0 3 * * 2#2', 'UTC', '2h', '2026-01-13T04:00:00Z', '01-13T03:00 to 01-13T05:00'],
    ['not on the third', '0 3 * * 2#2', 'UTC', '2h', '2026-01-20T04:00:00Z', null],
    [
      'goes over the turn of the year',
      '0 23 31 12 *',
      'Europe/Berlin',
      '3h',
      '2027-01-01T00:30:00Z',
      '12-31T22:00 to 01-01T01:00',
    ],
    ['comes every two hours', '0 */2 * * *', 'UTC', '30m', '2026-01-05T04:29:59Z', '01-05T04:00 to 01-05T04:30'],
    ['pauses between', '0 */2 * * *', 'UTC', '30m', '2026-01-05T04:30:00Z', null],
    [
      'of several that overlap is the one that ends last',
      '0,30 8 * * *',
      'UTC',
      '45m',
      '2026-01-05T08:35:00Z',
      '01-05T08:30 to 01-05T09:15',
    ],
    [
      'was there before anybody wrote it down',
      SATURDAY,
      'Europe/Berlin',
      '4h',
      '1999-01-09T21:30:00Z',
      '01-09T21:00 to 01-10T01:00',
    ],
  ])('%s (%s, %s)', (_what, cron, zone, duration, at, expected) => {
    expect(windowAt(cron, zone, duration, at)).toBe(expected);
  });

  it('is the same whatever was asked before', () => {
    const remembered = compiled(NIGHTLY, 'Europe/Berlin', '90m');
    const around = { min: Date.parse('2026-03-27T00:00:00Z'), max: Date.parse('2026-04-01T00:00:00Z') };
    fc.assert(
      fc.property(fc.integer(around), (at) => {
        expect(remembered.windowAt(at)).toEqual(compiled(NIGHTLY, 'Europe/Berlin', '90m').windowAt(at));
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    ['/cron', 'bad_cron', '0 2 * *', 'UTC', '1h'],
    ['/cron', 'bad_cron', '0 0 2 * * *', 'UTC', '1h'],
    ['/cron', 'bad_cron', '61 2 * * *', 'UTC', '1h'],
    ['/cron', 'bad_cron', '', 'UTC', '1h'],
    ['/cron', 'bad_cron', '*'.repeat(5000), 'UTC', '1h'],
    ['/cron', 'never', '0 0 30 2 *', 'UTC', '1h'],
    ['/time_zone', 'bad_time_zone', NIGHTLY, 'Mars/Olympus', '1h'],
    ['/time_zone', 'bad_time_zone', NIGHTLY, '', '1h'],
    ['/duration', 'bad_duration', NIGHTLY, 'UTC', '1 hour'],
    ['/duration', 'bad_duration', NIGHTLY, 'UTC', '0'],
    ['/duration', 'bad_duration', NIGHTLY, 'UTC', '32d'],
    ['/duration', 'never_ends', NIGHTLY, 'UTC', '24h'],
    ['/duration', 'never_ends', '0 * * * *', 'UTC', '1h'],
  ])('is refused at %s for %s', (pointer, code, cron, time_zone, duration) => {
    expect(compileRecurrence({ cron, time_zone, duration })).toMatchObject([{ pointer, code }]);
  });
});
