import type { SidecarReport } from '@alertagent/contracts';
import type { MemberStanding } from './members.store';
import type { Evidence } from './report-evidence';

const MAX_REASON = 500;

/** What is remembered of a report: how far the member is, and what gates of rollouts are judged by. */
export function memberStanding(report: SidecarReport, evidence: Evidence, hash: string, now: Date): MemberStanding {
  const { rules } = evidence;
  const isApplied = report.state === 'loaded' || report.state === 'live';
  const seconds = rules.map((rule) => rule.evaluation_seconds ?? null).filter((value) => value !== null);
  const firing = rules.map((rule) => rule.firing ?? null).filter((value) => value !== null);
  return {
    state: report.state,
    revision: report.revision ?? null,
    hash: report.hash ?? null,
    reason: report.reason?.slice(0, MAX_REASON).toWellFormed() ?? null,
    exact: evidence.exact,
    failingRules: isApplied ? rules.filter(({ status }) => status === 'failed').length : null,
    waitingRules: isApplied ? rules.filter(({ status }) => status === 'loaded').length : null,
    firingAlerts: isApplied && firing.length === rules.length ? sum(firing) : null,
    evaluationMs: isApplied && seconds.length === rules.length ? Math.round(sum(seconds) * 1000) : null,
    loadedHash: report.loaded_hash ?? null,
    driftRepaired: report.drift_repaired ?? null,
    sidecarVersion: report.sidecar_version ?? null,
    trustedKey: report.keys ? (report.keys.trusted ?? '') : null,
    revisionKey: report.keys?.revision ?? null,
    setKey: report.keys?.set ?? null,
    reportHash: hash,
    lastSeen: now,
    lastEmitted: now,
  };
}

const sum = (numbers: readonly number[]): number =>
  Math.min(
    2 ** 31 / 1000 - 1,
    numbers.reduce((a, b) => a + b, 0),
  );
