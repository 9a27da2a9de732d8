import { areUsable } from './path-parameters';

describe('the parameters of a path', () => {
  it.each(['', '.', '..', '\u0000', 'a\u0001', 'a\r\nb', 'a\u007f'])('are not usable when one is %j', (id) => {
    expect(areUsable({ name: 'a', id })).toBe(false);
  });

  it.each(['a', '...', 'a/b', '../a', 'größer 😀', 'namespace:group', "' OR 1=1--"])(
    'are usable when one is %j: whoever looks for it finds nothing',
    (id) => {
      expect(areUsable({ id })).toBe(true);
    },
  );

  it('may be none, and the rest of a path may be empty', () => {
    expect([areUsable(undefined), areUsable({}), areUsable({ '*': '' })]).toEqual([true, true, true]);
  });
});
