import type { MemberReported } from '@alertagent/contracts';
import { MAX_CLOCK_DIFFERENCE_MS, type HealthCheck } from './member-health';

/** What a report says about the health of its member. A clock that is far off counts against it. */
export function checkOf(event: MemberReported): HealthCheck {
  const at = new Date(event.reported_at);
  const healthy = event.target?.healthy ?? null;
  if (healthy !== true) return { at, healthy, reason: event.reason ?? 'its target does not answer well' };
  const aheadMs = clockAheadOf(event) ?? 0;
  if (Math.abs(aheadMs) <= MAX_CLOCK_DIFFERENCE_MS) return { at, healthy, reason: event.reason ?? null };
  const seconds = Math.round(Math.abs(aheadMs) / 1000);
  return {
    at,
    healthy: false,
    reason: `its clock is ${seconds} s ${aheadMs > 0 ? 'ahead of' : 'behind'} AlertAgent’s`,
  };
}

/** How far the member's clock is ahead of ours: its sidecar's, and its own against that one's. Null when neither was told. */
export function clockAheadOf({ clock_ahead_ms, target }: MemberReported): number | null {
  const ofTarget = target?.clock_ahead_ms ?? null;
  if (typeof clock_ahead_ms !== 'number' && ofTarget === null) return null;
  return (clock_ahead_ms ?? 0) + (ofTarget ?? 0);
}

/** Whether the report shows that the member runs no rule of ours: a proven empty revision, or nothing was ever given to it. */
export const isBare = ({ type, state, revision, rules, exact }: MemberReported): boolean =>
  type === 'prometheus-rules' && rules.length === 0 && (exact || (state === 'idle' && !revision));
