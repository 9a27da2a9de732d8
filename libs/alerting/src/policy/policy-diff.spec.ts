import fc from 'fast-check';
import { plainPolicy, richSnapshot } from '../../test/alert-stream';
import { diffOf } from './policy-diff';

describe('the difference between two policies', () => {
  it('is nothing for the same document, whatever it holds', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(diffOf(JSON.parse(text), JSON.parse(text))).toEqual([]);
      }),
    );
  });

  it('is something for documents that differ', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        const isSame = JSON.stringify(withoutNulls(one)) === JSON.stringify(withoutNulls(other));
        fc.pre(!isSame && !reordered(one, other));
        expect(diffOf(one, other).length).toBeGreaterThan(0);
      }),
    );
  });

  it('points at single fields, with both values', () => {
    const before = plainPolicy();
    const after = { ...before, storm: { ...before.storm, alerts: 7 } };
    expect(diffOf(before, after)).toEqual([{ pointer: '/storm/alerts', change: 'changed', before: 50, after: 7 }]);
  });

  it('takes a rule inserted at the top for one difference', () => {
    const { policy } = richSnapshot();
    const added = { ...policy.convergence[0]!, name: 'new' };
    const after = { ...policy, convergence: [added, ...policy.convergence] };
    expect(diffOf(policy, after)).toEqual([{ pointer: '/convergence/0', change: 'added', before: null, after: added }]);
  });

  it('points at what was removed by its old place, and tells of a new order', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => ({ name }));
    expect(diffOf([a, b, c], [c, a])).toEqual([
      { pointer: '/1', change: 'removed', before: b, after: null },
      { pointer: '', change: 'reordered', before: ['a', 'b', 'c'], after: ['c', 'a'] },
    ]);
  });

  it('does not tell a field that is absent from one that is null', () => {
    expect(diffOf({ team: null }, {})).toEqual([]);
  });
});

/** Documents that differ only by the order of fields, or by nulls, are the same. */
const withoutNulls = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value ?? null, (_key, item: unknown) => (item === null ? undefined : item)) ?? 'null');

function reordered(one: unknown, other: unknown): boolean {
  const sorted = (value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([k, v]) => [k, sorted(v)]),
        )
      : Array.isArray(value)
        ? value.map(sorted)
        : value;
  return JSON.stringify(sorted(withoutNulls(one))) === JSON.stringify(sorted(withoutNulls(other)));
}
