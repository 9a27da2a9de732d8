import { foundBy } from '../../../test/found-by';

it.each<[string, string, string[], string]>([
  [
    'half an interval too much',
    `- alert: A
  expr: up == 0
  for: 90s`,
    ['7:10'],
    'interval: 1m',
  ],
])('%s is found', (_, rules, places, group) => {
  expect(foundBy('for-not-multiple-of-interval', rules, group)).toEqual(places);
});

it.each<[string, string, string]>([
  [
    'two intervals',
    `- alert: A
  expr: up == 0
  for: 2m`,
    'interval: 1m',
  ],
  [
    'no interval known',
    `- alert: A
  expr: up == 0
  for: 90s`,
    '',
  ],
])('%s is not', (_, rules, group) => {
  expect(foundBy('for-not-multiple-of-interval', rules, group)).toEqual([]);
});
