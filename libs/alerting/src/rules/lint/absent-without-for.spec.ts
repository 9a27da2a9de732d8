import { foundBy } from '../../../test/found-by';

it.each<[string, string, string[]]>([
  [
    'absent at once',
    `- alert: A
  expr: absent(up)`,
    ['6:11'],
  ],
])('%s is found', (_, rules, places) => {
  expect(foundBy('absent-without-for', rules)).toEqual(places);
});

it.each<[string, string]>([
  [
    'absent with for',
    `- alert: A
  expr: absent(up)
  for: 5m`,
  ],
  [
    'absence over time',
    `- alert: A
  expr: absent_over_time(up[5m])`,
  ],
])('%s is not', (_, rules) => {
  expect(foundBy('absent-without-for', rules)).toEqual([]);
});
