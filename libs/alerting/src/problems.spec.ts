import { excerpt, pointerTo } from './problems';

it('a pointer escapes the two characters that have a meaning in it', () => {
  expect(pointerTo('labels', 'a/b~c', 3)).toBe('/labels/a~1b~0c/3');
});

it('an excerpt is short and shows control characters instead of passing them on', () => {
  expect(excerpt('a\nb\u2028')).toBe('a\\u000ab\\u2028');
  expect(excerpt('x'.repeat(1000)).length).toBeLessThanOrEqual(61);
  expect(excerpt('\ud800').isWellFormed()).toBe(true);
});
