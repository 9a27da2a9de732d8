import fc from 'fast-check';
import { isInstant, readInstant } from './instant';

it('a time is read to the nanosecond, whatever its zone', () => {
  expect(readInstant('2026-11-22T10:40:55.117721795Z')).toEqual({
    ms: Date.parse('2026-11-22T10:40:55.117Z'),
    exact: '1795344055.117721795',
  });
  expect(readInstant('2026-11-22T18:40:55.117721795+08:00')).toEqual(readInstant('2026-11-22T10:40:55.117721795Z'));
  expect(readInstant('2026-11-22T10:40:55Z')?.exact).toBe('1795344055.000000000');
  expect(readInstant('2026-11-22T10:40:55.5Z')).toEqual(readInstant('2026-11-22T10:40:55.500000000Z'));
});

it('what a Date makes of a time is what is read', () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true }),
      (date) => {
        expect(readInstant(date.toISOString())?.ms).toBe(date.getTime());
      },
    ),
  );
});

it.each([
  '',
  '2026-11-22',
  '2026-11-22T10:40:55',
  '2026-11-22T10:40:55.Z',
  '2026-11-22 10:40:55Z',
  '2026-11-22T10:40:55z',
  '2026-11-22T10:40:55Zx',
  '2026-11-22T10:40:55+0800',
  '2026-11-22T10:40:55+08:60',
  '2026-11-22T24:00:00Z',
  '2026-11-22T10:60:00Z',
  '2026-11-22T10:40:60Z',
  '2026-02-29T00:00:00Z',
  '2026-04-31T00:00:00Z',
  '2026-00-01T00:00:00Z',
  '2026-13-01T00:00:00Z',
  '1969-12-31T23:59:59Z',
  '1970-01-01T00:00:00+01:00',
  '0001-01-01T00:00:00Z',
  '-026-11-22T10:40:55Z',
  '2026-1a-22T10:40:55Z',
  '２０26-11-22T10:40:55Z',
])('"%s" is no time', (text) => {
  expect(readInstant(text)).toBeNull();
  expect(isInstant(text)).toBe(false);
});

it('a bad time after a good one, and the other way round, are told apart', () => {
  expect(isInstant('2026-11-22T10:40:55Z')).toBe(true);
  expect(isInstant('2026-11-32T10:40:55Z')).toBe(false);
  expect(isInstant('2026-11-32T10:40:55Z')).toBe(false);
  expect(isInstant('2026-11-22T10:40:55Z')).toBe(true);
});
