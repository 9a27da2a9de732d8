import type { RolloutGates } from '@alertagent/contracts';
import type { KnownMember } from '../reports/members.store';
import type { RolloutCluster } from './rollout-cluster.entity';

/** The part of a member that gates are judged by. */
export type WatchedMember = Pick<
  KnownMember,
  | 'member'
  | 'state'
  | 'revision'
  | 'reason'
  | 'exact'
  | 'failingRules'
  | 'waitingRules'
  | 'firingAlerts'
  | 'evaluationMs'
  | 'lastSeen'
>;

/** How a cluster stands with the revision it was sent. */
export type Judgement =
  { kind: 'violated' | 'pending' | 'unreachable'; reason: string } | { kind: 'reached'; lastSeen: Date };

/** Members that were heard of lately; the others may have been replaced, or cannot be reached. */
export function heardOf<M extends Pick<KnownMember, 'lastSeen'>>(
  members: readonly M[],
  now: Date,
  silentAfterMs: number,
): M[] {
  return members.filter(({ lastSeen }) => now.getTime() - lastSeen.getTime() <= silentAfterMs);
}

/**
 * Judges `heard`, the members that were heard of lately. Reached means that each of them runs exactly the revision and has
 * evaluated every rule, within the gates. `lastSeen` is then the oldest of their reports.
 */
export function judgeCluster(
  sent: Pick<RolloutCluster, 'clusterName' | 'revision' | 'firingBefore'>,
  heard: readonly WatchedMember[],
  gates: RolloutGates,
): Judgement {
  const name = sent.clusterName;
  if (heard.length === 0) return { kind: 'unreachable', reason: `${name}: no sidecar was heard of lately` };
  for (const member of heard) {
    const violation = member.revision === sent.revision ? violationOf(member, sent.firingBefore ?? 0, gates) : null;
    if (violation !== null) return { kind: 'violated', reason: `${name}, ${member.member}: ${violation}` };
  }
  const waiting = heard.find((member) => !isReached(member, sent.revision));
  if (waiting) {
    const why = waiting.reason ?? `${waiting.state} at revision ${waiting.revision ?? 0}`;
    return { kind: 'pending', reason: `${name}, ${waiting.member}: ${why}` };
  }
  return { kind: 'reached', lastSeen: new Date(Math.min(...heard.map(({ lastSeen }) => lastSeen.getTime()))) };
}

/** Whether the member runs exactly the revision and has evaluated all of it. */
function isReached({ state, revision, exact, waitingRules }: WatchedMember, wanted: number | null): boolean {
  return revision === wanted && (state === 'loaded' || state === 'live') && exact === true && waitingRules === 0;
}

function violationOf(member: WatchedMember, firingBefore: number, gates: RolloutGates): string | null {
  const { state, reason, failingRules, evaluationMs, firingAlerts } = member;
  if (state === 'failed') return `the revision was refused: ${reason ?? 'no reason given'}`;
  const { max_evaluation_seconds: maxSeconds, max_new_firing: maxFiring } = gates;
  const maxFailing = gates.max_failing_rules ?? 0;
  if (failingRules !== null && failingRules > maxFailing)
    return `${failingRules} rules fail when they are evaluated; ${maxFailing} may`;
  if (typeof maxSeconds === 'number' && evaluationMs !== null && evaluationMs > maxSeconds * 1000)
    return `evaluating the rules takes ${evaluationMs / 1000} s; ${maxSeconds} s may`;
  const added = (firingAlerts ?? 0) - firingBefore;
  if (typeof maxFiring === 'number' && added > maxFiring)
    return `${added} more alerts fire than before; ${maxFiring} may`;
  return null;
}
