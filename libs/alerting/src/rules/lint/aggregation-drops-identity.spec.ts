import { foundBy } from '../../../test/found-by';

it.each<[string, string, string[]]>([
  [
    'an instance that is summed away',
    `- alert: A
  expr: sum by (job) (up) < 1
  annotations: {summary: "{{ $labels.instance }} is down"}`,
    ['7:32'],
  ],
  [
    'a cluster lost in matching',
    `- alert: A
  expr: a / on (job) b > 1
  annotations: {summary: "{{ .Labels.cluster }}"}`,
    ['7:32'],
  ],
])('%s is found', (_, rules, places) => {
  expect(foundBy('aggregation-drops-identity', rules)).toEqual(places);
});

it.each<[string, string]>([
  [
    'an instance that is kept',
    `- alert: A
  expr: sum by (instance) (up) < 1
  annotations: {summary: "{{ $labels.instance }}"}`,
  ],
  [
    'an instance that group_left brings back',
    `- alert: A
  expr: sum by (job) (up) * on (job) group_left (instance) x > 1
  annotations: {summary: "{{ $labels.instance }}"}`,
  ],
  [
    'an instance picked by topk',
    `- alert: A
  expr: topk(3, up) < 1
  annotations: {summary: "{{ $labels.instance }}"}`,
  ],
])('%s is not', (_, rules) => {
  expect(foundBy('aggregation-drops-identity', rules)).toEqual([]);
});
