import { foundBy } from '../../../test/found-by';

it.each<[string, string, string[]]>([
  [
    'a ratio',
    `- alert: A
  expr: rate(hit_ratio[5m]) > 1`,
    ['6:16'],
  ],
  [
    'memory over a subquery',
    `- alert: A
  expr: increase(memory_used_bytes[5m:]) > 1`,
    ['6:20'],
  ],
])('%s is found', (_, rules, places) => {
  expect(foundBy('rate-on-gauge', rules)).toEqual(places);
});

it.each<[string, string]>([
  [
    'a counter of bytes',
    `- alert: A
  expr: rate(sent_bytes_total[5m]) > 1`,
  ],
  [
    'a slope',
    `- alert: A
  expr: deriv(memory_used_bytes[5m]) > 1`,
  ],
])('%s is not', (_, rules) => {
  expect(foundBy('rate-on-gauge', rules)).toEqual([]);
});
