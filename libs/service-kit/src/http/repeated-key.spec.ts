import fc from 'fast-check';
import { findRepeatedKey } from './repeated-key';

describe('the search for a repeated name', () => {
  it('finds none in what JSON.stringify wrote', () => {
    fc.assert(fc.property(fc.json(), (text) => findRepeatedKey(text) === null));
  });

  it('finds a name that is written again, wherever the object stands', () => {
    const object = fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 });
    fc.assert(
      fc.property(object, fc.nat(), (value, pick) => {
        const names = Object.keys(value);
        const name = names[pick % names.length]!;
        const twice = `${JSON.stringify(value).slice(0, -1)},${JSON.stringify(name)}:0}`;
        expect(findRepeatedKey(twice)).toEqual([name]);
        expect(findRepeatedKey(`[0,{"a":${twice}}]`)).toEqual([1, 'a', name]);
      }),
    );
  });
});
