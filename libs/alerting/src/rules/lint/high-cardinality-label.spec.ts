import { foundBy } from '../../../test/found-by';

it.each<[string, string, string[]]>([
  [
    'the value as a label',
    `- alert: A
  expr: up == 0
  labels: {now: "{{ $value }}"}`,
    ['7:20'],
  ],
  [
    'the value by its field',
    `- alert: A
  expr: up == 0
  labels: {now: "{{ printf \`%f\` .Value }}"}`,
    ['7:20'],
  ],
])('%s is found', (_, rules, places) => {
  expect(foundBy('high-cardinality-label', rules)).toEqual(places);
});

it.each<[string, string]>([
  [
    'the value as an annotation',
    `- alert: A
  expr: up == 0
  annotations: {now: "{{ $value }}"}`,
  ],
  [
    'a label of the series',
    `- alert: A
  expr: up == 0
  labels: {at: "{{ $labels.value }}"}`,
  ],
])('%s is not', (_, rules) => {
  expect(foundBy('high-cardinality-label', rules)).toEqual([]);
});
