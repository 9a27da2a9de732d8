import type { DistributionState, RuleReport, SidecarState } from '@alertagent/contracts';

/** What one member has proven or said about one rule so far. */
export interface MemberProof {
  /** How far it is with `statusVersion`. */
  status: DistributionState;
  /** The rule version that `status` speaks of; null while it has said nothing about any. */
  statusVersion: number | null;
  reason: string | null;
  /** The version it showed when it last listed its rules; null when it showed none. */
  loadedVersion: number | null;
  /** The newest revision it proved loaded without this rule. */
  goneRevision: number | null;
}

/** The part of a distribution that decides what a report means. */
export interface ReportedTarget {
  version: number;
  withdrawn: boolean;
  renderedRevision: number | null;
  seenInRevision: number;
  withdrawnAt: Date | null;
}

/** The part of a member's report that concerns one rule. */
export interface RuleEvidence {
  state: SidecarState;
  /** The revision the member speaks of. */
  revision: number;
  reason: string | null;
  /** The loaded set is exactly the revision's: a rule without an entry is proven gone. */
  exact: boolean;
  reportedAt: Date;
  /** The rule as the member showed it. */
  entry?: Pick<RuleReport, 'rule_version' | 'status' | 'reason'>;
}

/** A member that has said nothing about the rule. */
export const NO_PROOF: MemberProof = {
  status: 'pending',
  statusVersion: null,
  reason: null,
  loadedVersion: null,
  goneRevision: null,
};

const PROGRESS: readonly DistributionState[] = [
  'pending',
  'rendered',
  'fetched',
  'written',
  'reloaded',
  'loaded',
  'live',
];

/** How far along a state is; a failure has no place in the order. */
export const progressOf = (status: DistributionState): number => PROGRESS.indexOf(status);

/**
 * What is proven after one more report. The caller hands in reports in the order they were made. Only an entry with the
 * exact version can say `loaded` or `live`; the state of the member as a whole can say less than that.
 */
export function afterReport(target: ReportedTarget, before: MemberProof, evidence: RuleEvidence): MemberProof {
  const shown = evidence.entry?.rule_version ?? null;
  const proof = evidence.entry || evidence.exact ? { ...before, loadedVersion: shown } : before;
  if (target.withdrawn) return afterReportOfWithdrawn(target, proof, evidence);
  if (evidence.entry && shown === target.version) {
    return {
      ...proof,
      status: evidence.entry.status,
      statusVersion: shown,
      reason: evidence.entry.reason ?? null,
      goneRevision: null,
    };
  }
  if (evidence.entry && evidence.entry.status !== 'failed' && isShownAt(proof, target.version)) {
    // It runs another version than it did: the cluster was taken back.
    return { ...proof, status: 'pending', statusVersion: null, reason: null };
  }
  const holdsVersion = target.renderedRevision !== null && evidence.revision >= target.renderedRevision;
  if (!holdsVersion) {
    // It showed everything it has and this is not among it: what was proven about it once is over.
    return evidence.exact && !evidence.entry
      ? { ...proof, status: 'pending', statusVersion: null, reason: null }
      : proof;
  }
  const isShown = isShownAt(proof, target.version);
  const move = (status: DistributionState, reason: string | null): MemberProof => ({
    ...proof,
    status,
    statusVersion: target.version,
    reason,
  });
  if (evidence.state === 'failed')
    return isShown ? proof : move('failed', evidence.reason ?? 'the member could not apply the revision');
  if (evidence.exact && !evidence.entry)
    return move('failed', 'the member does not show this rule among those it loaded');
  if (evidence.state !== 'fetched' && evidence.state !== 'written' && evidence.state !== 'reloaded') return proof;
  const isFurther =
    proof.statusVersion !== target.version ||
    proof.status === 'failed' ||
    progressOf(evidence.state) > progressOf(proof.status);
  return isFurther ? move(evidence.state, null) : proof;
}

const isShownAt = ({ status, statusVersion }: MemberProof, version: number): boolean =>
  statusVersion === version && (status === 'loaded' || status === 'live');

function afterReportOfWithdrawn(target: ReportedTarget, proof: MemberProof, evidence: RuleEvidence): MemberProof {
  if (evidence.entry) return { ...proof, goneRevision: null };
  if (!evidence.exact) return proof;
  // A revision from before the rule came is no proof that the rule went. Where no revision with it is known, one may be
  // on its way: then at least the report must be younger than the withdrawal.
  const isYounger = evidence.reportedAt.getTime() >= (target.withdrawnAt?.getTime() ?? 0);
  const isProof = target.seenInRevision > 0 ? evidence.revision > target.seenInRevision : isYounger;
  return isProof
    ? { ...proof, status: 'pending', statusVersion: null, reason: null, goneRevision: evidence.revision }
    : proof;
}
