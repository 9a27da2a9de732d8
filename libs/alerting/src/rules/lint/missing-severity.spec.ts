import { foundBy } from '../../../test/found-by';

it.each<[string, string, string[]]>([
  [
    'none',
    `- alert: A
  expr: up == 0`,
    ['5:12'],
  ],
])('%s is found', (_, rules, places) => {
  expect(foundBy('missing-severity', rules)).toEqual(places);
});

it.each<[string, string]>([
  [
    'one',
    `- alert: A
  expr: up == 0
  labels: {severity: page}`,
  ],
  [
    'a recording rule',
    `- record: a
  expr: up`,
  ],
])('%s is not', (_, rules) => {
  expect(foundBy('missing-severity', rules)).toEqual([]);
});
