import type { ClusterHealthState } from '@alertagent/contracts';

/** Reports in a row that must agree before the status follows them: one lost packet is no news. */
export const CHECKS_TO_CHANGE = 2;
/** A status holds for at least this many health check intervals, however often the target comes and goes. */
export const CHECKS_TO_HOLD = 6;
/** A member silent for this many sync intervals is critical. */
export const SILENT_SYNC_INTERVALS = 3;
/** A clock further off than this, in milliseconds, is a fault: starts of alerts, silences and deduplication go by it. */
export const MAX_CLOCK_DIFFERENCE_MS = 30_000;

/** How a member is. */
export interface MemberHealthState {
  status: ClusterHealthState;
  reason: string | null;
  /** When it was last heard at all. */
  lastSeen: Date;
  /** When a report last counted as a check. */
  lastCheck: Date | null;
  /** Since when it has its status; null when it got it before this was noted. */
  changedAt: Date | null;
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

/** How slowly a status follows the checks, in milliseconds. */
export interface Hysteresis {
  /** Reports closer together than this (the steps of one configuration change) are one check. */
  minGapMs: number;
  /** A status is kept for at least this long. */
  holdMs: number;
}

/** The hysteresis of a cluster whose members are checked this often. Half an interval: heartbeats jitter. */
export const hysteresisFor = (checkIntervalMs: number): Hysteresis => ({
  minGapMs: checkIntervalMs / 2,
  holdMs: checkIntervalMs * CHECKS_TO_HOLD,
});

/** A member nobody heard before. */
export const newMember = (at: Date): MemberHealthState => ({
  status: 'unknown',
  reason: null,
  lastSeen: at,
  lastCheck: null,
  changedAt: null,
  goodStreak: 0,
  badStreak: 0,
});

/**
 * A member after one more report. The first check decides at once; after that the status follows only two checks in a row
 * that agree, and not before it has held for its time. Reports older than the last are ignored.
 */
export function afterCheck(
  before: MemberHealthState,
  check: HealthCheck,
  { minGapMs, holdMs }: Hysteresis,
): MemberHealthState {
  if (check.at.getTime() < before.lastSeen.getTime()) return before;
  const seen = { ...before, lastSeen: check.at };
  const isFresh = !before.lastCheck || check.at.getTime() - before.lastCheck.getTime() >= minGapMs;
  if (check.healthy === null || !isFresh) return backFromSilence(seen, holdMs);
  const counted = {
    ...seen,
    lastCheck: check.at,
    goodStreak: check.healthy ? before.goodStreak + 1 : 0,
    badStreak: check.healthy ? 0 : before.badStreak + 1,
  };
  const isDecided = before.status === 'unknown' || Math.max(counted.goodStreak, counted.badStreak) >= CHECKS_TO_CHANGE;
  if (!isDecided) return counted;
  return check.healthy
    ? become(counted, { status: 'healthy', reason: null }, check.at, holdMs)
    : become(counted, { status: 'warning', reason: check.reason }, check.at, holdMs);
}

/**
 * A member at `now`: critical once it has been silent for too long. `watchingSince` is when this process began to listen;
 * what was said before that may still be on its way, so silence counts from there.
 */
export function afterSilence(
  before: MemberHealthState,
  {
    now,
    watchingSince,
    syncIntervalMs,
    holdMs,
  }: { now: Date; watchingSince: Date; syncIntervalMs: number; holdMs: number },
): MemberHealthState {
  const silentSince = Math.max(before.lastSeen.getTime(), watchingSince.getTime());
  if (before.status === 'critical' || now.getTime() - silentSince <= SILENT_SYNC_INTERVALS * syncIntervalMs)
    return before;
  const reason = `not heard since ${before.lastSeen.toISOString()}`;
  return become({ ...before, goodStreak: 0, badStreak: 0 }, { status: 'critical', reason }, now, holdMs);
}

/** Whether a status that began at `changedAt` may end at `at`. */
export const hasHeld = (changedAt: Date | null, at: Date, holdMs: number): boolean =>
  changedAt === null || at.getTime() - changedAt.getTime() >= holdMs;

function become(
  member: MemberHealthState,
  after: Pick<MemberHealthState, 'status' | 'reason'>,
  at: Date,
  holdMs: number,
): MemberHealthState {
  if (after.status === member.status) return { ...member, ...after };
  if (member.status !== 'unknown' && !hasHeld(member.changedAt, at, holdMs)) return member;
  return { ...member, ...after, changedAt: at };
}

/** It speaks again but has not been checked yet. */
function backFromSilence(member: MemberHealthState, holdMs: number): MemberHealthState {
  if (member.status !== 'critical') return member;
  return become(member, { status: 'warning', reason: 'heard again, not checked yet' }, member.lastSeen, holdMs);
}
