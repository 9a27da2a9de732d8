import { idTime, newId } from './new-id';

describe('newId', () => {
  afterEach(() => jest.restoreAllMocks());

  it('makes UUIDv7s that carry the time they were made at', () => {
    jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 60_000);
    const id = newId();
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(idTime(id).getTime()).toBe(Date.now());
  });

  it('sorts 200,000 ids of one millisecond in the order they were made', () => {
    jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 120_000);
    const ids = Array.from({ length: 200_000 }, newId);
    expect(ids.every((id, index) => index === 0 || id > (ids[index - 1] ?? ''))).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
    expect(idTime(ids.at(-1) ?? '').getTime()).toBe(Date.now());
  });

  it('keeps sorting after the clock was set back', () => {
    const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 180_000);
    const before = newId();
    clock.mockReturnValue(1_000);
    expect(newId() > before).toBe(true);
  });

  it('does not read a time from something else', () => {
    expect(() => idTime('6ba7b810-9dad-11d1-80b4-00c04fd430c8')).toThrow(RangeError);
    expect(() => idTime('')).toThrow(RangeError);
  });
});
