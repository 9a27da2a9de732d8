import { foundBy } from '../../../test/found-by';

it.each<[string, string, string[]]>([
  [
    'a single sample',
    `- alert: A
  expr: up == 0`,
    ['5:12'],
  ],
  [
    'for nothing',
    `- alert: A
  expr: up == 0
  for: 0s`,
    ['5:12'],
  ],
])('%s is found', (_, rules, places) => {
  expect(foundBy('missing-for', rules)).toEqual(places);
});

it.each<[string, string]>([
  [
    'for five minutes',
    `- alert: A
  expr: up == 0
  for: 5m`,
  ],
  [
    'a rate',
    `- alert: A
  expr: rate(a[5m]) > 1`,
  ],
  [
    'a subquery',
    `- alert: A
  expr: max_over_time((a > 1)[5m:1m]) > 1`,
  ],
  [
    'a recording rule',
    `- record: a
  expr: up`,
  ],
])('%s is not', (_, rules) => {
  expect(foundBy('missing-for', rules)).toEqual([]);
});
