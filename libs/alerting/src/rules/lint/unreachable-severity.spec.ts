import { foundBy } from '../../../test/found-by';

it.each<[string, string, string[]]>([
  [
    'the looser limit is more urgent',
    `- alert: A
  expr: a > 90
  labels: {severity: warning}
- alert: A
  expr: a > 80
  labels: {severity: critical}`,
    ['6:13'],
  ],
  [
    'falling values',
    `- alert: A
  expr: a < 5
  labels: {severity: warning}
- alert: A
  expr: a < 9
  labels: {severity: critical}`,
    ['6:13'],
  ],
])('%s is found', (_, rules, places) => {
  expect(foundBy('unreachable-severity', rules)).toEqual(places);
});

it.each<[string, string]>([
  [
    'the stricter limit is more urgent',
    `- alert: A
  expr: a > 80
  labels: {severity: warning}
- alert: A
  expr: a > 90
  labels: {severity: critical}`,
  ],
  [
    'the urgent one waits longer',
    `- alert: A
  expr: a > 90
  labels: {severity: warning}
- alert: A
  expr: a > 80
  labels: {severity: critical}
  for: 5m`,
  ],
  [
    'another alert',
    `- alert: A
  expr: a > 90
  labels: {severity: warning}
- alert: A
  expr: b > 80
  labels: {severity: critical}`,
  ],
])('%s is not', (_, rules) => {
  expect(foundBy('unreachable-severity', rules)).toEqual([]);
});
