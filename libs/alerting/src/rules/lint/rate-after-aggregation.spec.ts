import { foundBy } from '../../../test/found-by';

it.each<[string, string, string[]]>([
  [
    'a rate of a sum',
    `- alert: A
  expr: rate(sum(a)[5m:]) > 1`,
    ['6:11'],
  ],
])('%s is found', (_, rules, places) => {
  expect(foundBy('rate-after-aggregation', rules)).toEqual(places);
});

it.each<[string, string]>([
  [
    'a sum of rates',
    `- alert: A
  expr: sum(rate(a[5m])) > 1`,
  ],
  [
    'a rate of one metric over a subquery',
    `- alert: A
  expr: rate(a[5m:]) > 1`,
  ],
])('%s is not', (_, rules) => {
  expect(foundBy('rate-after-aggregation', rules)).toEqual([]);
});
