import { foundBy } from '../../../test/found-by';

it.each<[string, string, string[]]>([
  [
    'a label on one side',
    `- alert: A
  expr: sum by (a, b) (x) / sum by (a) (y) > 1`,
    ['6:29'],
  ],
  [
    'on a label that is gone',
    `- alert: A
  expr: sum by (a) (x) / on (a, b) sum by (a, b) (y) > 1`,
    ['6:26'],
  ],
])('%s is found', (_, rules, places) => {
  expect(foundBy('matching-cannot-match', rules)).toEqual(places);
});

it.each<[string, string]>([
  [
    'the same labels',
    `- alert: A
  expr: sum by (a) (x) / sum by (a) (y) > 1`,
  ],
  [
    'on what both have',
    `- alert: A
  expr: sum by (a, b) (x) / on (a) group_left () sum by (a) (y) > 1`,
  ],
  [
    'ignoring what differs',
    `- alert: A
  expr: sum by (a, b) (x) / ignoring (b) group_left () sum by (a) (y) > 1`,
  ],
  [
    'labels that nobody knows',
    `- alert: A
  expr: x / sum by (a) (y) > 1`,
  ],
  [
    'a number',
    `- alert: A
  expr: sum by (a) (x) / 2 > 1`,
  ],
])('%s is not', (_, rules) => {
  expect(foundBy('matching-cannot-match', rules)).toEqual([]);
});
