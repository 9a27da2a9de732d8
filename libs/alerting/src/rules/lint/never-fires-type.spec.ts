import { foundBy } from '../../../test/found-by';

it.each<[string, string, string[]]>([
  [
    'a range',
    `- alert: A
  expr: up[5m]`,
    ['6:11'],
  ],
  [
    'a string',
    `- alert: A
  expr: '"a"'`,
    ['6:12'],
  ],
])('%s is found', (_, rules, places) => {
  expect(foundBy('never-fires-type', rules)).toEqual(places);
});

it.each<[string, string]>([
  [
    'a vector',
    `- alert: A
  expr: up`,
  ],
  [
    'a number',
    `- alert: A
  expr: 1`,
  ],
])('%s is not', (_, rules) => {
  expect(foundBy('never-fires-type', rules)).toEqual([]);
});
