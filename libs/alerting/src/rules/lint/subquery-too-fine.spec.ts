import { foundBy } from '../../../test/found-by';

it.each<[string, string, string[], string]>([
  [
    'a month by minutes',
    `- alert: A
  expr: max_over_time((a > 1)[30d:1m]) > 1`,
    ['6:32'],
    '',
  ],
  [
    'a month by the interval of the group',
    `- alert: A
  expr: max_over_time((a > 1)[30d:]) > 1`,
    ['6:32'],
    'interval: 10s',
  ],
])('%s is found', (_, rules, places, group) => {
  expect(foundBy('subquery-too-fine', rules, group)).toEqual(places);
});

it.each<[string, string]>([
  [
    'a month by hours',
    `- alert: A
  expr: max_over_time((a > 1)[30d:1h]) > 1`,
  ],
])('%s is not', (_, rules) => {
  expect(foundBy('subquery-too-fine', rules)).toEqual([]);
});
