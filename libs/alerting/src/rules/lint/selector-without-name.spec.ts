import { foundBy } from '../../../test/found-by';

it.each<[string, string, string[]]>([
  [
    'labels only',
    `- alert: A
  expr: '{job="api"} == 0'`,
    ['6:12'],
  ],
  [
    'a name of anything',
    `- alert: A
  expr: '{__name__=~".+"} == 0'`,
    ['6:12'],
  ],
])('%s is found', (_, rules, places) => {
  expect(foundBy('selector-without-name', rules)).toEqual(places);
});

it.each<[string, string]>([
  [
    'a name in braces',
    `- alert: A
  expr: '{__name__="up"} == 0'`,
  ],
  [
    'a narrow pattern',
    `- alert: A
  expr: '{__name__=~"node_.+"} == 0'`,
  ],
  [
    'a name',
    `- alert: A
  expr: up == 0`,
  ],
])('%s is not', (_, rules) => {
  expect(foundBy('selector-without-name', rules)).toEqual([]);
});
