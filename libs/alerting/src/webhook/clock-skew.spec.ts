import { clockSkewOf, SKEW_TOLERANCE_MS } from './clock-skew';

const RECEIVED = Date.UTC(2026, 10, 22, 10);
const HOUR = 3_600_000;
const skewOf = (start: number, end: number | null = null, expires_at_ms?: number): string | null =>
  clockSkewOf(
    { starts_at_ms: RECEIVED + start, ends_at_ms: end === null ? null : RECEIVED + end, expires_at_ms },
    RECEIVED,
  );

describe('the clock skew of an alert', () => {
  it('is none while the start is not further ahead than clocks differ', () => {
    expect(skewOf(-HOUR)).toBeNull();
    expect(skewOf(SKEW_TOLERANCE_MS)).toBeNull();
  });

  it('is a start in the future beyond that, even when the alert has ended', () => {
    expect(skewOf(SKEW_TOLERANCE_MS + 1)).toBe('start_in_future');
    expect(skewOf(HOUR, 0)).toBe('start_in_future');
  });

  it('is an end before the start, whether it has ended or announces its end', () => {
    expect(skewOf(-HOUR, -HOUR - 1)).toBe('end_before_start');
    expect(skewOf(-HOUR, null, RECEIVED - 2 * HOUR)).toBe('end_before_start');
  });

  it('is none when the alert ends as it begins, or later', () => {
    expect(skewOf(-HOUR, -HOUR)).toBeNull();
    expect(skewOf(-HOUR, 0)).toBeNull();
    expect(skewOf(-HOUR, null, RECEIVED + HOUR)).toBeNull();
  });
});
