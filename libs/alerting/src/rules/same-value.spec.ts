import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { isSameValue } from './same-value';

it.each<[unknown, unknown]>([
  [
    { a: 1, b: [1, { c: null }] },
    { b: [1, { c: null }], a: 1 },
  ],
  [JSON.parse('{"__proto__": "x"}'), JSON.parse('{"__proto__": "x"}')],
  [[], []],
])('%j is the same as %j', (one, other) => {
  expect([isSameValue(one, other), isSameValue(other, one)]).toEqual([true, true]);
});

it.each<[unknown, unknown]>([
  [{ a: 1 }, { a: 1, b: 2 }],
  [{ a: 1 }, { b: 1 }],
  [{}, { toString: 'x' }],
  [{}, JSON.parse('{"__proto__": "x"}')],
  [[1, 2], [1]],
  [[], {}],
  [['a'], { 0: 'a' }],
  [null, {}],
  ['1', 1],
])('%j is not the same as %j', (one, other) => {
  expect([isSameValue(one, other), isSameValue(other, one)]).toEqual([false, false]);
});

it('agrees with the comparison of Node on any two values of JSON', () => {
  const value = fc.jsonValue({ maxDepth: 3 });
  fc.assert(fc.property(value, value, (one, other) => isSameValue(one, other) === isDeepStrictEqual(one, other)));
  fc.assert(fc.property(value, (one) => isSameValue(one, structuredClone(one))));
});
