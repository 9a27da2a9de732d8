import { foundBy } from '../../../test/found-by';

it.each<[string, string, string[]]>([
  [
    'bool outermost',
    `- alert: A
  expr: (up == bool 0)`,
    ['6:15'],
  ],
])('%s is found', (_, rules, places) => {
  expect(foundBy('bool-always-fires', rules)).toEqual(places);
});

it.each<[string, string]>([
  [
    'no bool',
    `- alert: A
  expr: up == 0`,
  ],
  [
    'bool inside',
    `- alert: A
  expr: sum(up == bool 0) > 2`,
  ],
  [
    'a recording rule',
    `- record: a
  expr: up == bool 0`,
  ],
])('%s is not', (_, rules) => {
  expect(foundBy('bool-always-fires', rules)).toEqual([]);
});
