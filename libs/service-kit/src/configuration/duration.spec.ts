import { formatDuration, parseDuration } from './duration';

describe('durations', () => {
  it.each([
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['250ms', 250],
    ['0', 0],
    ['7d', 604_800_000],
  ])('reads %s as %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', '5', '-5m', '5 m', 'm', '5minutes', '5m ', ' 5m', '5m!', '1e3s', '.5h'])('refuses %j', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  it.each(['0', '1ms', '30s', '1m30s', '2h', '7d', '1d1h1m1s1ms'])('writes %s as it was read', (text) => {
    expect(formatDuration(parseDuration(text) ?? -1)).toBe(text);
  });
});
