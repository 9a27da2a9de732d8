import { foundBy } from '../../../test/found-by';

it.each<[string, string, string[]]>([
  [
    'a plain sum',
    `- alert: A
  expr: sum by (job) (up)`,
    ['6:11'],
  ],
])('%s is found', (_, rules, places) => {
  expect(foundBy('alert-without-condition', rules)).toEqual(places);
});

it.each<[string, string]>([
  [
    'a comparison',
    `- alert: A
  expr: up == 0`,
  ],
  [
    'a watchdog',
    `- alert: A
  expr: vector(1)`,
  ],
  [
    'unless',
    `- alert: A
  expr: a unless b`,
  ],
  [
    'a recording rule',
    `- record: a
  expr: sum(up)`,
  ],
])('%s is not', (_, rules) => {
  expect(foundBy('alert-without-condition', rules)).toEqual([]);
});
