import { foundBy } from '../../../test/found-by';

it.each<[string, string, string[]]>([
  [
    'fifteen seconds',
    `- alert: A
  expr: rate(a[15s]) > 1`,
    ['6:17'],
  ],
])('%s is found', (_, rules, places) => {
  expect(foundBy('rate-range-too-short', rules)).toEqual(places);
});

it.each<[string, string]>([
  [
    'a minute',
    `- alert: A
  expr: rate(a[1m]) > 1`,
  ],
  [
    'the last of fifteen seconds',
    `- alert: A
  expr: last_over_time(a[15s]) > 1`,
  ],
])('%s is not', (_, rules) => {
  expect(foundBy('rate-range-too-short', rules)).toEqual([]);
});
