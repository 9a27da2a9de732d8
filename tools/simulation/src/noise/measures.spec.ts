import { measure } from './measures';

describe('measuring a division of alerts into groups', () => {
  it('finds nothing wrong with the truth itself', () => {
    expect(measure(['a', 'a', 'b'], ['x', 'x', 'y'])).toMatchObject({
      incidents: 2,
      purity: 1,
      homogeneity: 1,
      missed: 0,
      hidden: 0,
    });
  });

  it('sees that one group for everything is pure compression', () => {
    const all = measure(['a', 'a', 'b', 'c'], ['x', 'x', 'x', 'x']);
    expect(all).toMatchObject({ incidents: 1, compression: 0.75, purity: 0.5, missed: 0, hidden: 2 });
    expect(all.homogeneity).toBeCloseTo(0);
  });

  it('counts an incident as missed when none of its alerts reached anybody', () => {
    expect(measure(['a', 'b', 'b'], ['x', null, null])).toMatchObject({ missed: 1, hidden: 0 });
    expect(measure(['a', 'b', 'b'], ['x', null, 'y'])).toMatchObject({ missed: 0 });
  });
});
