import { foundBy } from '../../../test/found-by';

it.each<[string, string, string[]]>([
  [
    'a rate that is not negative',
    `- alert: A
  expr: rate(a[5m]) >= 0`,
    ['6:23'],
  ],
  [
    'up at most 1',
    `- alert: A
  expr: up <= 1`,
    ['6:14'],
  ],
  [
    'a limit below zero',
    `- alert: A
  expr: abs(a) > -1`,
    ['6:18'],
  ],
])('%s is found', (_, rules, places) => {
  expect(foundBy('comparison-always-true', rules)).toEqual(places);
});

it.each<[string, string]>([
  [
    'a rate above zero',
    `- alert: A
  expr: rate(a[5m]) > 0`,
  ],
  [
    'whether there is any',
    `- alert: A
  expr: count(a) > 0`,
  ],
  [
    'up at most 0',
    `- alert: A
  expr: up <= 0`,
  ],
])('%s is not', (_, rules) => {
  expect(foundBy('comparison-always-true', rules)).toEqual([]);
});
