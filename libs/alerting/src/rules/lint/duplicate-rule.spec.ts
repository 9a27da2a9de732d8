import { foundBy } from '../../../test/found-by';

it.each<[string, string, string[]]>([
  [
    'the same twice',
    `- alert: A
  expr: up == 0
- alert: A
  expr: up  ==  0`,
    ['7:12'],
  ],
])('%s is found', (_, rules, places) => {
  expect(foundBy('duplicate-rule', rules)).toEqual(places);
});

it.each<[string, string]>([
  [
    'other labels',
    `- alert: A
  expr: up == 0
  labels: {a: b}
- alert: A
  expr: up == 0
  labels: {a: c}`,
  ],
  [
    'another expression',
    `- alert: A
  expr: up == 0
- alert: A
  expr: up == 1`,
  ],
])('%s is not', (_, rules) => {
  expect(foundBy('duplicate-rule', rules)).toEqual([]);
});
