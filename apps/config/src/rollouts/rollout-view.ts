import type { Reach, RolloutClusterView, RolloutDetail, RolloutView, RolloutWaveProgress } from '@alertagent/contracts';
import type { SeenCluster } from './rollout-sight';
import type { Rollout } from './rollout.entity';

/** A rollout as people see it. */
export function rolloutView(rollout: Rollout): RolloutView {
  const { id, name, kind, type, state, reason, wave, plan, gates, version } = rollout;
  return {
    id,
    name,
    kind,
    type,
    state,
    reason,
    wave,
    waves: plan.waves,
    soak_seconds: plan.soakSeconds,
    deadline_seconds: plan.deadlineSeconds,
    gates,
    created_by: rollout.createdBy,
    created_at: rollout.createdAt.toISOString(),
    started_at: rollout.startedAt?.toISOString() ?? null,
    ended_at: rollout.endedAt?.toISOString() ?? null,
    version,
  };
}

/** … with how far its clusters are. */
export function rolloutDetail(rollout: Rollout, seen: readonly SeenCluster[]): RolloutDetail {
  const waves = [...new Set(seen.map(({ row }) => row.wave))].sort((a, b) => a - b);
  const proofs = seen.filter(isReached).flatMap(({ row }) => (row.liveAt ? [row.liveAt.getTime()] : []));
  const isOver = proofs.length > 0 && !seen.some((one) => reachOf(one) === 'pending');
  const since = (rollout.startedAt ?? rollout.createdAt).getTime();
  return {
    ...rolloutView(rollout),
    progress: waves.map((wave) =>
      progressOf(
        wave,
        seen.filter(({ row }) => row.wave === wave),
      ),
    ),
    seconds_to_live: isOver ? (Math.max(...proofs) - since) / 1000 : null,
  };
}

/** One cluster as people see it. */
export function rolloutClusterView(rollout: Rollout, seen: SeenCluster): RolloutClusterView {
  const { row, judgement, lastSeen } = seen;
  const since = rollout.kind === 'rollback' ? rollout.createdAt : row.sentAt;
  return {
    cluster_id: row.clusterId,
    cluster_name: row.clusterName,
    wave: row.wave,
    state: row.state,
    reach: reachOf(seen),
    reason: row.reason ?? (judgement && 'reason' in judgement ? judgement.reason : null),
    from_revision: row.fromRevision,
    revision: row.revision,
    returned_to: row.returnedTo,
    seconds_to_live: row.liveAt && since ? (row.liveAt.getTime() - since.getTime()) / 1000 : null,
    last_seen: lastSeen?.toISOString() ?? null,
  };
}

function progressOf(wave: number, seen: readonly SeenCluster[]): RolloutWaveProgress {
  const count = (reach: Reach): number => seen.filter((one) => reachOf(one) === reach).length;
  return {
    wave,
    clusters: seen.length,
    reached: count('reached'),
    pending: count('pending'),
    unreachable: count('unreachable'),
    left: count('left'),
  };
}

const isReached = (seen: SeenCluster): boolean => reachOf(seen) === 'reached';

function reachOf({ row, heard }: SeenCluster): Reach {
  if (row.state === 'left' || row.state === 'failed') return 'left';
  if (row.state === 'live' || row.state === 'returned' || row.state === 'unchanged') return 'reached';
  return heard.length > 0 ? 'pending' : 'unreachable';
}
