import type { Judgement } from './judge-cluster';
import type { RolloutCluster } from './rollout-cluster.entity';
import type { Rollout } from './rollout.entity';

/** A cluster of a rollout under way, as it stands now. */
export interface StandingCluster {
  row: Pick<RolloutCluster, 'clusterId' | 'clusterName' | 'wave' | 'state' | 'sentAt' | 'liveAt'>;
  /** Null for clusters that were sent nothing. */
  judgement: Judgement | null;
  /** False when the rollout does not hold it any more: somebody took it over, or it was retired. */
  isOurs: boolean;
}

/** What is to be done with a rollout that runs or is paused. */
export type Step =
  | { kind: 'wait' }
  | { kind: 'leave'; clusterIds: string[]; reason: string }
  | { kind: 'stop' | 'pause'; reason: string }
  | { kind: 'reached'; clusterIds: string[] }
  | { kind: 'send'; clusterIds: string[] }
  | { kind: 'next_wave' | 'complete' };

const WAIT: Step = { kind: 'wait' };

/** The part of a rollout that the decision depends on. */
export type RolloutUnderWay = Pick<Rollout, 'state' | 'wave' | 'plan' | 'gates' | 'watchedFrom'>;

/**
 * Decides one step, from nothing but what stands in the database and the time: taking it twice, or late, does no harm. Gates
 * come first and count for all clusters reached so far. A paused rollout is only watched.
 */
export function nextStep(rollout: RolloutUnderWay, clusters: readonly StandingCluster[], now: Date): Step {
  const lost = clusters.filter(({ row, isOurs }) => !isOurs && isUnderWay(row.state));
  if (lost.length > 0) {
    const names = lost.map(({ row }) => row.clusterName).slice(0, 3);
    const clusterIds = lost.map(({ row }) => row.clusterId);
    return { kind: 'leave', clusterIds, reason: `somebody else decides on ${names.join(', ')} now` };
  }
  for (const { judgement } of clusters)
    if (judgement?.kind === 'violated') return { kind: 'stop', reason: judgement.reason };
  const proven = clusters.filter(({ row, judgement }) => row.state === 'sent' && judgement?.kind === 'reached');
  if (proven.length > 0) return { kind: 'reached', clusterIds: proven.map(({ row }) => row.clusterId) };
  if (rollout.state !== 'running') return WAIT;
  const wave = clusters.filter(({ row }) => row.wave === rollout.wave && row.state !== 'left');
  const staged = wave.filter(({ row }) => row.state === 'staged');
  if (staged.length > 0) return { kind: 'send', clusterIds: staged.map(({ row }) => row.clusterId) };
  const trouble = overdue(rollout, wave, now);
  if (trouble) return trouble;
  if (!wave.every((cluster) => isThrough(rollout, cluster, now))) return WAIT;
  return { kind: rollout.wave < rollout.plan.waves.length ? 'next_wave' : 'complete' };
}

const isUnderWay = (state: RolloutCluster['state']): boolean => ['staged', 'sent', 'live'].includes(state);

/** When the cluster's time to prove itself ends. */
function deadlineOf({ watchedFrom, plan }: RolloutUnderWay, since: Date | null): number {
  return Math.max(since?.getTime() ?? 0, watchedFrom?.getTime() ?? 0) + plan.deadlineSeconds * 1000;
}

const soakMs = ({ plan, wave }: RolloutUnderWay): number =>
  (plan.waves[wave - 1]?.soak_seconds ?? plan.soakSeconds) * 1000;

/** A cluster that answers and has not proven its revision in time stops the rollout; too many that do not answer pause it. */
function overdue(rollout: RolloutUnderWay, wave: readonly StandingCluster[], now: Date): Step | null {
  const late = wave.filter(({ row }) => row.state === 'sent' && now.getTime() > deadlineOf(rollout, row.sentAt));
  for (const { judgement } of late)
    if (judgement?.kind === 'pending')
      return { kind: 'stop', reason: `not live after ${rollout.plan.deadlineSeconds} s: ${judgement.reason}` };
  const silent = late.filter(({ judgement }) => judgement?.kind === 'unreachable');
  const isStuck = ({ row, judgement }: StandingCluster): boolean =>
    row.state === 'live' &&
    judgement?.kind !== 'reached' &&
    now.getTime() > deadlineOf(rollout, row.liveAt) + soakMs(rollout);
  const stuck = [...(silent.length > (rollout.gates.max_unreachable ?? 0) ? silent : []), ...wave.filter(isStuck)];
  const reasons = stuck.map(({ judgement }) => (judgement && 'reason' in judgement ? judgement.reason : ''));
  return stuck.length > 0 ? { kind: 'pause', reason: reasons.slice(0, 3).join('; ') } : null;
}

/** Soaked, on the word of reports made after the soak; or silent for so long that the gates let it be. */
function isThrough(rollout: RolloutUnderWay, { row, judgement }: StandingCluster, now: Date): boolean {
  if (row.state === 'sent') return judgement?.kind === 'unreachable' && now.getTime() > deadlineOf(rollout, row.sentAt);
  if (row.state !== 'live' || judgement?.kind !== 'reached' || !row.liveAt) return false;
  return judgement.lastSeen.getTime() >= row.liveAt.getTime() + soakMs(rollout);
}
