import { foundLive, liveSource } from '../../../test/live-source';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** What the source has; what has no entry is not there. */
const { source } = liveSource({
  'up{job="a"}': HOUR / 2,
  'old{a="b"}': 3 * DAY,
  'ancient{a="b"}': 8 * DAY,
  '{__name__="up"}': 0,
  '{__name__="up",job="a"}': 0,
  '{__name__="up",env="test"}': 0,
});

it.each([
  [
    'rate(no_such_total[5m]) > 1',
    6,
    'nothing matches no_such_total: the metric no_such_total was not there in the last week',
  ],
  [
    'old{a="b"} > 1',
    1,
    'nothing matches old{a="b"}: was there within the last week, and has had no series in the last hour',
  ],
  ['ancient{a="b"} > 1', 1, 'nothing matches ancient{a="b"}: the metric ancient was not there in the last week'],
  ['my_up > up{job="c"}', 1, 'nothing matches my_up: the metric my_up was not there in the last week'],
  [
    'up{job="a"} > up{job="c"}',
    15,
    'nothing matches up{job="c"}: the metric up was there in the last week, but never with job="c"',
  ],
  [
    'up{job="a",env="test"}',
    1,
    'nothing matches up{job="a",env="test"}: the metric up was there in the last week, but never with all of these labels',
  ],
  ['{a="b"}', 1, 'nothing matches {a="b"}: has had no series in the last week'],
])('in %s it is told what is missing, and what was there', async (expression, column, message) => {
  const found = await foundLive('series-missing', expression, source);
  expect(found[0]).toEqual({ message, column, severity: 'warning' });
});

it.each(['up{job="a"} == 0', 'absent(no_such)', 'absent_over_time(no_such[5m])', '1 > bool 0'])(
  'nothing is missing in %s',
  async (expression) => {
    expect(await foundLive('series-missing', expression, source)).toEqual([]);
  },
);

it('a rule that expects it says so, and it is told as a remark with the reason', async () => {
  const expression = '# suppress series-missing: comes with the next release\nno_such > 1';
  const [problem] = await foundLive('series-missing', expression, source);
  expect(problem).toMatchObject({ severity: 'info', message: expect.stringMatching(/^suppressed \(comes/) as string });
});
