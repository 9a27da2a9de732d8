import { foundBy } from '../../../test/found-by';

it.each<[string, string, string[]]>([
  [
    'a negative offset',
    `- alert: A
  expr: up offset -5m == 0`,
    ['6:11'],
  ],
])('%s is found', (_, rules, places) => {
  expect(foundBy('looks-ahead', rules)).toEqual(places);
});

it.each<[string, string]>([
  [
    'a look back',
    `- alert: A
  expr: up offset 5m == 0`,
  ],
])('%s is not', (_, rules) => {
  expect(foundBy('looks-ahead', rules)).toEqual([]);
});
