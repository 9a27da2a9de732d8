import { backtestSummary, type BacktestDone, type BacktestResult } from './backtest-summary';

const first: BacktestResult = {
  rule: { name: 'ErrorsAreMany', version: 3, expression: 'e > 1' },
  evaluations: 20_160,
  failed_evaluations: 0,
  failure: null,
  alerts: 4,
  firings: 12,
  firing_at_end: 1,
  lapses: 7,
  flaps: 2,
  firing_seconds: 93_784,
  longest_seconds: 3_720,
  by_day: [
    { date: '2030-01-01', firings: 2 },
    { date: '2030-01-02', firings: 0 },
    { date: '2030-01-03', firings: 9 },
    { date: '2030-01-04', firings: 1 },
  ],
  pages: {
    incidents: 5,
    pages: 6,
    night_pages: 1,
    suppressed: 3,
    teams: [
      { team: 'web', pages: 4 },
      { team: null, pages: 2 },
    ],
  },
  pages_unknown: null,
};
const second: BacktestResult = {
  ...first,
  rule: { name: 'ErrorsAreMany', version: 4, expression: 'e > 5' },
  failed_evaluations: 30,
  failure: 'many-to-many matching',
  alerts: 0,
  firings: 0,
  firing_at_end: 0,
  firing_seconds: 0,
  longest_seconds: 40,
  by_day: [],
  pages: null,
  pages_unknown: 'the gateway does not answer',
};
const done: BacktestDone = {
  id: 'b1',
  from: '2030-01-01T00:00:00Z',
  to: '2030-01-08T00:00:00Z',
  interval_seconds: 30,
  result: first,
  compared: null,
  comparison: null,
};

it('a backtest is told in a line per figure', () => {
  expect(backtestSummary(done)).toEqual([
    '2030-01-01T00:00:00Z to 2030-01-08T00:00:00Z, every 30 s',
    '               ErrorsAreMany v3',
    'alerts         4',
    'fired          12, 1 still at the end',
    'pending only   7',
    'flaps          2',
    'time firing    1d 2h',
    'longest        1h 2m',
    'busiest days   2030-01-03 9, 2030-01-01 2, 2030-01-04 1',
    'incidents      5',
    'pages          6, 1 at night',
    'pages by team  web 4, no team 2',
    'hidden         3 events',
    'Everything, firing by firing too: GET /api/v1/rules/backtests/b1',
  ]);
});

it('two versions stand side by side, with what is not known of either', () => {
  const comparison = { both_seconds: 0, only_first_seconds: 93_784, only_second_seconds: 0 };
  const lines = backtestSummary({ ...done, compared: second, comparison });
  expect(lines[1]).toBe('               ErrorsAreMany v3                          ErrorsAreMany v4');
  expect(lines).toContain('fired          12, 1 still at the end                    0');
  expect(lines).toContain('longest        1h 2m                                     40s');
  expect(lines).toContain('busiest days   2030-01-03 9, 2030-01-01 2, 2030-01-04 1  none');
  expect(lines).toContain('pages          6, 1 at night                             not known');
  expect(lines).toContain('Both fire for 0s, only the first for 1d 2h, only the second for 0s.');
  expect(lines).toContain('ErrorsAreMany v4: 30 of 20160 evaluations fail: many-to-many matching');
  expect(lines).toContain('ErrorsAreMany v4: pages are not known: the gateway does not answer');
});
