import { foundBy } from '../../../test/found-by';

it.each<[string, string, string[]]>([
  [
    'everything',
    `- alert: A
  expr: up{job=~".*"} == 0`,
    ['6:14'],
  ],
  [
    'nothing',
    `- alert: A
  expr: up{job!~".*"} == 0`,
    ['6:14'],
  ],
])('%s is found', (_, rules, places) => {
  expect(foundBy('regex-matches-all', rules)).toEqual(places);
});

it.each<[string, string]>([
  [
    'a label that is set',
    `- alert: A
  expr: up{job=~".+"} == 0`,
  ],
  [
    'an ending',
    `- alert: A
  expr: up{job=~".*x"} == 0`,
  ],
])('%s is not', (_, rules) => {
  expect(foundBy('regex-matches-all', rules)).toEqual([]);
});
