import { foundBy } from '../../../test/found-by';

it.each<[string, string, string[]]>([
  [
    'a time in seconds',
    `- alert: A
  expr: up @ 1000 > 0`,
    ['6:11'],
  ],
])('%s is found', (_, rules, places) => {
  expect(foundBy('fixed-time', rules)).toEqual(places);
});

it.each<[string, string]>([
  [
    'the end of the range',
    `- alert: A
  expr: up @ end() > 0`,
  ],
])('%s is not', (_, rules) => {
  expect(foundBy('fixed-time', rules)).toEqual([]);
});
