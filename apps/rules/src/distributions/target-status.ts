import type { DistributionState } from '@alertagent/contracts';
import { NO_PROOF, progressOf, type MemberProof } from './member-proof';

/** A member not heard for this long, in milliseconds, is not called live: six sync intervals of the default 30 s. */
export const SILENT_AFTER_MS = 180_000;

/** The part of a distribution that its status is computed from. */
export interface Target {
  version: number;
  withdrawn: boolean;
  renderedRevision: number | null;
  refusedReason: string | null;
  seenInRevision: number;
  /** Removal was proven by every member once; a replica that joins later does not bring the rule back. */
  wasRemoved: boolean;
}

/** A member of the cluster and what it proved about the rule; `proof` is null when it has said nothing. */
export interface TargetMember {
  name: string;
  lastHeard: Date;
  proof: MemberProof | null;
}

export interface MemberStatus {
  name: string;
  status: DistributionState;
  reason: string | null;
  /** The rule version it showed when it last listed its rules. */
  version: number | null;
  lastReport: Date;
}

export interface TargetStatus {
  status: DistributionState;
  reason: string | null;
  members: MemberStatus[];
}

interface Status {
  status: DistributionState;
  reason: string | null;
}

/**
 * How far a rule has come on a cluster: as far as its least advanced member. A failure anywhere is a failure; a silent
 * member holds the cluster back; `removed` needs the proof of every member.
 */
export function targetStatus(target: Target, members: readonly TargetMember[], now: Date): TargetStatus {
  const shown = members.map((member) => ({
    name: member.name,
    ...memberStatus(target, member, now),
    version: member.proof?.loadedVersion ?? null,
    lastReport: member.lastHeard,
  }));
  return { ...(target.withdrawn ? removalStatus(target, shown) : rolloutStatus(target, shown)), members: shown };
}

function memberStatus(target: Target, { proof, lastHeard }: TargetMember, now: Date): Status {
  const known = proof ?? NO_PROOF;
  const isSilent = now.getTime() - lastHeard.getTime() > SILENT_AFTER_MS;
  const silence = isSilent ? `not heard since ${lastHeard.toISOString()}` : null;
  if (target.withdrawn) {
    const isGone = target.wasRemoved || (known.goneRevision !== null && known.goneRevision > target.seenInRevision);
    return isGone ? { status: 'removed', reason: null } : { status: 'removing', reason: silence };
  }
  const served = servedStatus(target);
  if (known.statusVersion !== target.version) {
    const older = known.loadedVersion !== null && known.loadedVersion !== target.version;
    return {
      ...served,
      reason: silence ?? served.reason ?? (older ? `still runs version ${known.loadedVersion}` : null),
    };
  }
  if (isSilent && known.status !== 'failed') return { status: served.status, reason: silence };
  // Proof of a version may arrive before the news that it was rendered.
  return { status: known.status, reason: known.reason };
}

/** What can be said without any member. */
function servedStatus(target: Target): Status {
  if (target.renderedRevision !== null) return { status: 'rendered', reason: null };
  return target.refusedReason === null
    ? { status: 'pending', reason: null }
    : { status: 'failed', reason: target.refusedReason };
}

function rolloutStatus(target: Target, members: readonly MemberStatus[]): Status {
  const served = servedStatus(target);
  if (members.length === 0) return { ...served, reason: served.reason ?? 'no member has reported yet' };
  const failed = members.find(({ status }) => status === 'failed');
  if (failed)
    return { status: 'failed', reason: failed.reason === target.refusedReason ? failed.reason : named(failed) };
  const least = members.reduce((a, b) => (progressOf(b.status) < progressOf(a.status) ? b : a));
  return { status: least.status, reason: named(least) };
}

function removalStatus(target: Target, members: readonly MemberStatus[]): Status {
  if (target.wasRemoved) return { status: 'removed', reason: null };
  if (members.length === 0) return { status: 'removing', reason: 'no member has reported yet' };
  const waiting = members.find(({ status }) => status !== 'removed');
  return waiting ? { status: 'removing', reason: named(waiting) } : { status: 'removed', reason: null };
}

const named = ({ name, reason }: MemberStatus): string | null => (reason === null ? null : `${name}: ${reason}`);
