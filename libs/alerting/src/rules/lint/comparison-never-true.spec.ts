import { foundBy } from '../../../test/found-by';

it.each<[string, string, string[]]>([
  [
    'a count of nothing',
    `- alert: A
  expr: count(up) == 0`,
    ['6:21'],
  ],
  [
    'up above 1',
    `- alert: A
  expr: up > 1`,
    ['6:14'],
  ],
  [
    'a negative rate',
    `- alert: A
  expr: rate(a[5m]) < 0`,
    ['6:23'],
  ],
])('%s is found', (_, rules, places) => {
  expect(foundBy('comparison-never-true', rules)).toEqual(places);
});

it.each<[string, string]>([
  [
    'a count of one',
    `- alert: A
  expr: count(up) == 1`,
  ],
  [
    'a sum of zero',
    `- alert: A
  expr: sum(up) == 0`,
  ],
  [
    'a difference below zero',
    `- alert: A
  expr: delta(a[5m]) < 0`,
  ],
])('%s is not', (_, rules) => {
  expect(foundBy('comparison-never-true', rules)).toEqual([]);
});
