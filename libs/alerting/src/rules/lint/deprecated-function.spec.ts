import { foundBy } from '../../../test/found-by';

it.each<[string, string, string[]]>([
  [
    'holt_winters',
    `- alert: A
  expr: holt_winters(a[5m], 0.5, 0.5) < 1`,
    ['6:11'],
  ],
])('%s is found', (_, rules, places) => {
  expect(foundBy('deprecated-function', rules)).toEqual(places);
});

it.each<[string, string]>([
  [
    'predict_linear',
    `- alert: A
  expr: predict_linear(a[5m], 60) < 1`,
  ],
])('%s is not', (_, rules) => {
  expect(foundBy('deprecated-function', rules)).toEqual([]);
});
