import type { ClusterHealthState } from '@alertagent/contracts';

/** Reports in a row that must agree before the status follows them: one lost packet is no news. */
export const CHECKS_TO_CHANGE = 2;
/** A member silent for this many sync intervals is critical. */
export const SILENT_SYNC_INTERVALS = 3;

/** How a member is. */
export interface MemberHealthState {
  status: ClusterHealthState;
  reason: string | null;
  /** When it was last heard at all. */
  lastSeen: Date;
  /** When a report last counted as a check. */
  lastCheck: Date | null;
  goodStreak: number;
  badStreak: number;
}

/** What one report says about a member's health. */
export interface HealthCheck {
  at: Date;
  /** What the sidecar's look at its target said; null when it did not look. */
  healthy: boolean | null;
  reason: string | null;
}

/** A member nobody heard before. */
export const newMember = (at: Date): MemberHealthState => ({
  status: 'unknown',
  reason: null,
  lastSeen: at,
  lastCheck: null,
  goodStreak: 0,
  badStreak: 0,
});

/**
 * A member after one more report. The first check decides at once; after that the status follows only two checks in a row
 * that agree, so a target that flips between the two never changes it. `minGapMs`: reports closer together than this
 * (the steps of one configuration change) are one check. Reports older than the last are ignored.
 */
export function afterCheck(before: MemberHealthState, check: HealthCheck, minGapMs: number): MemberHealthState {
  if (check.at.getTime() < before.lastSeen.getTime()) return before;
  const seen = { ...before, lastSeen: check.at };
  if (check.healthy === null) return backFromSilence(seen);
  if (before.lastCheck && check.at.getTime() - before.lastCheck.getTime() < minGapMs) return backFromSilence(seen);
  const counted = {
    ...seen,
    lastCheck: check.at,
    goodStreak: check.healthy ? before.goodStreak + 1 : 0,
    badStreak: check.healthy ? 0 : before.badStreak + 1,
  };
  const isDecided = before.status === 'unknown' || Math.max(counted.goodStreak, counted.badStreak) >= CHECKS_TO_CHANGE;
  if (!isDecided) return counted;
  return check.healthy
    ? { ...counted, status: 'healthy', reason: null }
    : { ...counted, status: 'warning', reason: check.reason };
}

/**
 * A member at `now`: critical once it has been silent for too long. `watchingSince` is when this process began to listen;
 * what was said before that may still be on its way, so silence counts from there.
 */
export function afterSilence(
  before: MemberHealthState,
  { now, watchingSince, syncIntervalMs }: { now: Date; watchingSince: Date; syncIntervalMs: number },
): MemberHealthState {
  const silentSince = Math.max(before.lastSeen.getTime(), watchingSince.getTime());
  if (before.status === 'critical' || now.getTime() - silentSince <= SILENT_SYNC_INTERVALS * syncIntervalMs)
    return before;
  return {
    ...before,
    status: 'critical',
    reason: `not heard since ${before.lastSeen.toISOString()}`,
    goodStreak: 0,
    badStreak: 0,
  };
}

/** It speaks again but has not been checked yet. */
function backFromSilence(member: MemberHealthState): MemberHealthState {
  return member.status === 'critical'
    ? { ...member, status: 'warning', reason: 'heard again, not checked yet' }
    : member;
}
