import { foundBy } from '../../../test/found-by';

it.each<[string, string, string[]]>([
  [
    'a plain word',
    `- alert: A
  expr: up{job=~"api"} == 0`,
    ['6:14'],
  ],
])('%s is found', (_, rules, places) => {
  expect(foundBy('regex-without-pattern', rules)).toEqual(places);
});

it.each<[string, string]>([
  [
    'two words',
    `- alert: A
  expr: up{job=~"api|db"} == 0`,
  ],
  [
    'an empty text',
    `- alert: A
  expr: up{a="b",job=~""} == 0`,
  ],
  [
    'equality',
    `- alert: A
  expr: up{job="api"} == 0`,
  ],
])('%s is not', (_, rules) => {
  expect(foundBy('regex-without-pattern', rules)).toEqual([]);
});
