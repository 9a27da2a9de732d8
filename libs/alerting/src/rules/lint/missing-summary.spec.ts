import { foundBy } from '../../../test/found-by';

it.each<[string, string, string[]]>([
  [
    'no text',
    `- alert: A
  expr: up == 0
  annotations: {runbook: x}`,
    ['5:12'],
  ],
])('%s is found', (_, rules, places) => {
  expect(foundBy('missing-summary', rules)).toEqual(places);
});

it.each<[string, string]>([
  [
    'a description',
    `- alert: A
  expr: up == 0
  annotations: {description: x}`,
  ],
  [
    'a recording rule',
    `- record: a
  expr: up`,
  ],
])('%s is not', (_, rules) => {
  expect(foundBy('missing-summary', rules)).toEqual([]);
});
