import type { NormalisedAlert } from './normalised-alert';

/** What can be wrong with the times of an alert: it begins later than it arrives, or ends before it begins. */
export const CLOCK_SKEWS = ['start_in_future', 'end_before_start'] as const;
export type ClockSkew = (typeof CLOCK_SKEWS)[number];

/** Clocks that are kept by NTP differ by less; whatever is ahead by more comes from a clock that somebody must look at. */
export const SKEW_TOLERANCE_MS = 5 * 60_000;

/**
 * Says what is wrong with the times of an alert that was received at `received_at` (epoch milliseconds); null when nothing is. Start and end
 * come from one clock, so there no difference is tolerated. Such an alert is taken all the same: a wrong clock must not hide what fires.
 */
export function clockSkewOf(
  { starts_at_ms, ends_at_ms, expires_at_ms }: Pick<NormalisedAlert, 'starts_at_ms' | 'ends_at_ms' | 'expires_at_ms'>,
  received_at: number,
): ClockSkew | null {
  if (starts_at_ms - received_at > SKEW_TOLERANCE_MS) return 'start_in_future';
  const ends = ends_at_ms ?? expires_at_ms;
  return ends !== undefined && ends < starts_at_ms ? 'end_before_start' : null;
}
