import fc from 'fast-check';
import { similarity } from './similarity';

it.each([
  ['night', 'nacht', 0.25],
  ['', '', 1],
  ['same words', 'same words', 1],
  ['abc', 'xyz', 0],
  ['', 'something', 0],
])('%p and %p are alike to %d', (a, b, score) => {
  expect(similarity(a, b)).toBe(score);
});

it('gives the same answer when it is asked again', () => {
  fc.assert(fc.property(fc.string(), fc.string(), (a, b) => similarity(a, b) === similarity(a, b)));
});

it('lies between nothing in common and everything, for any two texts', () => {
  const words = fc.array(fc.constantFrom('disk', 'full', 'pod', 'restarts', 'on', 'node-1', 'é', '盘'), {
    maxLength: 30,
  });
  const text = fc.oneof(
    words.map((list) => list.join(' ')),
    fc.string({ unit: 'binary', maxLength: 80 }),
  );
  fc.assert(
    fc.property(text, text, (a, b) => {
      const score = similarity(a, b);
      expect(score).toBeGreaterThanOrEqual(0);
      expect(score).toBeLessThanOrEqual(1);
    }),
  );
});

it('does not depend on which text comes first', () => {
  fc.assert(fc.property(fc.string(), fc.string(), (a, b) => similarity(a, b) === similarity(b, a)));
});
