import fc from 'fast-check';
import { formatDuration, parseDuration, parseGoDuration } from './durations';

describe('parseDuration', () => {
  it.each([
    ['0', 0],
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['1d', 86_400_000],
    ['1y2w3d4h5m6s7ms', 33_019_506_007],
    ['0s', 0],
  ])('reads %s as Prometheus does', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', '5', '1.5h', '5 minutes', '5 m', '-5m', '5m1h', '5m5m', '300y', '5M', '5m\n'])('refuses %j', (text) => {
    expect(parseDuration(text)).toBeNull();
  });

  it('reads back what formatDuration writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9_000_000_000_000 }), (ms) => parseDuration(formatDuration(ms)) === ms),
    );
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0s'],
    [90_000, '1m30s'],
    [86_400_000, '1d'],
    [604_800_000, '1w'],
    [694_800_000, '8d1h'],
    [1, '1ms'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

describe('parseGoDuration', () => {
  it.each([
    ['30s', 30_000],
    ['1h30m', 5_400_000],
    ['250ms', 250],
    ['1.5h', 5_400_000],
    ['0', 0],
  ])('reads %s', (text, ms) => {
    expect(parseGoDuration(text)).toBe(ms);
  });

  it.each(['', '5', '-1s', '1d', 's', '1h ', '1hs'])('refuses %j', (text) => {
    expect(parseGoDuration(text)).toBeNull();
  });
});
