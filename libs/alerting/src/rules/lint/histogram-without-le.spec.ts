import { foundBy } from '../../../test/found-by';

it.each<[string, string, string[]]>([
  [
    'buckets without le',
    `- alert: A
  expr: histogram_quantile(0.9, sum by (job) (rate(a_bucket[5m]))) > 1`,
    ['6:35'],
  ],
])('%s is found', (_, rules, places) => {
  expect(foundBy('histogram-without-le', rules)).toEqual(places);
});

it.each<[string, string]>([
  [
    'buckets with le',
    `- alert: A
  expr: histogram_quantile(0.9, sum by (job, le) (rate(a_bucket[5m]))) > 1`,
  ],
  [
    'without another label',
    `- alert: A
  expr: histogram_quantile(0.9, sum without (pod) (rate(a_bucket[5m]))) > 1`,
  ],
  [
    'a native histogram',
    `- alert: A
  expr: histogram_quantile(0.9, sum(rate(a[5m]))) > 1`,
  ],
])('%s is not', (_, rules) => {
  expect(foundBy('histogram-without-le', rules)).toEqual([]);
});
