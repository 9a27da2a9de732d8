import { lastWholeWeek, weekNamed } from './iso-week';

describe('ISO weeks', () => {
  it.each([
    ['2026-W48', '2026-11-23', '2026-11-30'],
    ['2026-W53', '2026-12-28', '2027-01-04'],
    ['2025-W01', '2024-12-30', '2025-01-06'],
    ['2021-W01', '2021-01-04', '2021-01-11'],
  ])('%s is from Monday %s to %s', (name, from, to) => {
    expect(weekNamed(name)).toEqual({ name, from: new Date(from), to: new Date(to) });
  });

  it.each(['2025-W53', '2026-W00', '2026-W54', 'W48', '2026-48'])('%s is none', (name) => {
    expect(weekNamed(name)).toBeNull();
  });

  it.each([
    ['2026-11-28T12:00:00Z', '2026-W47'],
    ['2026-11-30T00:00:00Z', '2026-W48'],
    ['2027-01-03T23:59:59Z', '2026-W52'],
    ['2027-01-04T00:00:00Z', '2026-W53'],
  ])('the last whole week at %s is %s', (now, name) => {
    expect(lastWholeWeek(new Date(now)).name).toBe(name);
  });
});
