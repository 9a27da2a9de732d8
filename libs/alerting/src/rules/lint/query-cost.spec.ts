import { foundLive, liveSource } from '../../../test/live-source';

const { source, asked } = liveSource(
  {},
  {
    'count(up)': 60,
    'count(count_over_time(up[5m]))': 60,
    'sum(count_over_time(up[5m]))': 600,
    'count(count_over_time(many[1h]))': 101,
    'count(up offset 1d)': 50,
  },
);

it.each([
  ['up + up > 1', []],
  ['up > up offset 1d', ['one evaluation reads 110 series there, and may read 100']],
  ['sum(rate(many[1h])) > 1', ['one evaluation reads 101 series there, and may read 100']],
  ['rate(up[5m]) > 1', []],
  ['max_over_time(rate(up[5m])[10m:5m]) > 1', ['one evaluation reads 1200 samples there, and may read 1000']],
  ['max_over_time(up[20m:]) > 1', ['one evaluation reads 1200 samples there, and may read 1000']],
  ['no_such > 1', []],
  ['1 > bool 0', []],
])('%s is held against the budget', async (expression, messages) => {
  const found = await foundLive('query-cost', expression, source);
  expect(found.map(({ message }) => message)).toEqual(messages);
});

it('samples are not counted where the series are too many already', async () => {
  asked.length = 0;
  await foundLive('query-cost', 'sum(rate(many[1h])) > 1', source);
  expect(asked).toEqual(['count(count_over_time(many[1h]))']);
});

it('without a budget nothing is asked', async () => {
  asked.length = 0;
  expect(await foundLive('query-cost', 'sum(rate(many[1h])) > 1', source, { series: 0, samples: 0 })).toEqual([]);
  expect(asked).toEqual([]);
});
