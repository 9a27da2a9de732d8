import { foundBy } from '../../../test/found-by';

it.each<[string, string, string[]]>([
  [
    'none',
    `- alert: A
  expr: up == 0`,
    ['5:12'],
  ],
  [
    'an empty one',
    `- alert: A
  expr: up == 0
  annotations: {runbook_url: ""}`,
    ['5:12'],
  ],
])('%s is found', (_, rules, places) => {
  expect(foundBy('missing-runbook', rules)).toEqual(places);
});

it.each<[string, string]>([
  [
    'one',
    `- alert: A
  expr: up == 0
  annotations: {runbook_url: "https://x"}`,
  ],
  [
    'a recording rule',
    `- record: a
  expr: up`,
  ],
])('%s is not', (_, rules) => {
  expect(foundBy('missing-runbook', rules)).toEqual([]);
});
