import { readAlertmanagerConfig } from '../check-alertmanager-config';
import { testRoute, type TakenRoute } from './test-route';

const version = '0.28.1';
const NOON_ON_FRIDAY = Date.parse('2026-11-27T12:00:00Z');
const take = (text: string, labels: Record<string, string>, at = NOON_ON_FRIDAY, target = version): TakenRoute[] => {
  const read = readAlertmanagerConfig(text, { version: target });
  expect(read.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return testRoute(read, { version: target }, labels, at);
};
const receivers = 'receivers: [{name: a}, {name: b}, {name: c}, {name: d}]\n';

const TREE = `route:
  receiver: a
  group_by: [alertname]
  group_wait: 10s
  routes:
  - receiver: b
    matchers: ['severity="critical"']
    continue: true
  - matchers: ['team=~"db|web"']
    group_wait: 20s
    routes:
    - receiver: c
      match: {env: prod}
      group_by: [cluster]
  - receiver: d
    matchers: ['env!="prod"', 'team=""', 'quiet="yes"']
${receivers}`;

it.each<[Record<string, string>, string[]]>([
  [{}, ['a /route']],
  [{ severity: 'critical' }, ['b /route/routes/0']],
  [{ severity: 'critical', team: 'db' }, ['b /route/routes/0', 'a /route/routes/1']],
  [{ team: 'web', env: 'prod' }, ['c /route/routes/1/routes/0']],
  [{ team: 'webshop' }, ['a /route']],
  [{ quiet: 'yes' }, ['d /route/routes/2']],
])('an alert with %j goes to %j', (labels, expected) => {
  expect(take(TREE, labels).map(({ receiver, pointer }) => `${receiver} ${pointer}`)).toEqual(expected);
});

it('a route inherits what it does not say itself', () => {
  expect(take(TREE, { team: 'web', env: 'prod' })).toEqual([
    {
      receiver: 'c',
      pointer: '/route/routes/1/routes/0',
      group_by: ['cluster'],
      group_wait: '20s',
      group_interval: '5m',
      repeat_interval: '4h',
      muted_by: null,
    },
  ]);
});

it('an empty group_by groups everything together from 0.31 on, and means nothing before', () => {
  const text = `route: {receiver: a, group_by: [b], routes: [{group_by: []}]}\n${receivers}`;
  expect(take(text, {}, NOON_ON_FRIDAY, '0.30.1')[0]!.group_by).toEqual(['b']);
  expect(take(text, {}, NOON_ON_FRIDAY, '0.31.0')[0]!.group_by).toEqual([]);
});

describe('time intervals', () => {
  const muted = (interval: string, at: string, field = 'mute_time_intervals'): string | null => {
    const text = `route: {receiver: a, routes: [{${field}: [x]}]}\n${receivers}time_intervals: [{name: x, time_intervals: [{${interval}}]}]\n`;
    return take(text, {}, Date.parse(at))[0]!.muted_by;
  };
  const is = (interval: string, at: string): boolean => muted(interval, at) === 'x';

  it.each([
    [
      'begin with their first minute',
      "times: [{start_time: '09:00', end_time: '17:00'}]",
      '2026-11-27T09:00:00Z',
      true,
    ],
    [
      'end before their last minute',
      "times: [{start_time: '09:00', end_time: '17:00'}]",
      '2026-11-27T17:00:00Z',
      false,
    ],
    ['reach to the end of a day', "times: [{start_time: '09:00', end_time: '24:00'}]", '2026-11-27T23:59:59Z', true],
    ['know days', "weekdays: ['monday:thursday', friday]", '2026-11-27T12:00:00Z', true],
    ['know the day in their own time zone', 'weekdays: [saturday], location: Asia/Tokyo', '2026-11-27T15:00:00Z', true],
    ['take UTC without one', 'weekdays: [saturday]', '2026-11-27T15:00:00Z', false],
    [
      'follow summer time',
      "times: [{start_time: '14:00', end_time: '15:00'}], location: Europe/Berlin",
      '2026-07-01T12:30:00Z',
      true,
    ],
    [
      'follow winter time',
      "times: [{start_time: '14:00', end_time: '15:00'}], location: Europe/Berlin",
      '2026-12-01T12:30:00Z',
      false,
    ],
    ['count days from the end', "days_of_month: ['-3:-1']", '2026-02-26T12:00:00Z', true],
    ['count no more days than there are', "days_of_month: ['-3:-1']", '2026-02-25T12:00:00Z', false],
    ['do not reach into the next month', "days_of_month: ['30:31']", '2026-02-28T12:00:00Z', false],
    ['are cut at the end of the month', "days_of_month: ['27:31']", '2026-02-28T12:00:00Z', true],
    ['know leap years', "days_of_month: ['-1']", '2028-02-29T12:00:00Z', true],
    ['know months by name and number', "months: ['1:march', november]", '2026-11-27T12:00:00Z', true],
    ['know years', "years: ['2027:2030']", '2026-11-27T12:00:00Z', false],
    ['need all of their parts', 'weekdays: [friday], months: [may]', '2026-11-27T12:00:00Z', false],
    ['hold never when a list is empty', 'weekdays: []', '2026-11-27T12:00:00Z', false],
    ['hold always when nothing is said', '', '2026-11-27T12:00:00Z', true],
  ])('%s', (_what, interval, at, expected) => {
    expect(is(interval, at)).toBe(expected);
  });

  it('are named when they mute a route, and when none of the active ones holds', () => {
    expect(muted('weekdays: [friday]', '2026-11-27T12:00:00Z')).toBe('x');
    expect(muted('weekdays: [friday]', '2026-11-27T12:00:00Z', 'active_time_intervals')).toBeNull();
    expect(muted('weekdays: [monday]', '2026-11-27T12:00:00Z', 'active_time_intervals')).toBe('outside of x');
  });

  it('of a route do not count for those below it', () => {
    const text = `route: {receiver: a, routes: [{mute_time_intervals: [x], routes: [{receiver: b}]}]}\n${receivers}time_intervals: [{name: x, time_intervals: [{}]}]\n`;
    expect(take(text, {})).toMatchObject([{ receiver: 'b', muted_by: null }]);
  });
});
