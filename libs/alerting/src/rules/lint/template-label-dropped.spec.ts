import { foundBy } from '../../../test/found-by';

it.each<[string, string, string[]]>([
  [
    'a label that is summed away',
    `- alert: A
  expr: sum(up) < 1
  annotations: {summary: "{{ $labels.code }}"}`,
    ['7:32'],
  ],
])('%s is found', (_, rules, places) => {
  expect(foundBy('template-label-dropped', rules)).toEqual(places);
});

it.each<[string, string]>([
  [
    'a label of the series',
    `- alert: A
  expr: up < 1
  annotations: {summary: "{{ $labels.code }}"}`,
  ],
  [
    'a label that is made',
    `- alert: A
  expr: label_replace(sum(up), "code", "1", "", "") < 1
  annotations: {summary: "{{ $labels.code }}"}`,
  ],
  [
    'a label that count_values makes',
    `- alert: A
  expr: count_values("code", up) > 1
  annotations: {summary: "{{ $labels.code }}"}`,
  ],
  [
    'a label that absent knows',
    `- alert: A
  expr: absent(up{code="1"})
  annotations: {summary: "{{ $labels.code }}"}`,
  ],
])('%s is not', (_, rules) => {
  expect(foundBy('template-label-dropped', rules)).toEqual([]);
});
