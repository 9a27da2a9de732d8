import type { Actor, ClusterRef, RollbackInput, RolloutInput } from '@alertagent/contracts';
import { newId } from '@alertagent/service-kit';
import type { RolloutCluster } from './rollout-cluster.entity';
import type { Rollout } from './rollout.entity';

const DEFAULT_SOAK_SECONDS = 300;
const DEFAULT_DEADLINE_SECONDS = 600;

/** A change that nobody started yet. */
export function newRollout(input: RolloutInput, actor: Actor, now: Date): Rollout {
  return {
    ...blank(actor, now),
    name: input.name,
    kind: 'change',
    type: input.type ?? 'prometheus-rules',
    state: 'open',
    plan: {
      waves: input.waves,
      soakSeconds: input.soak_seconds ?? DEFAULT_SOAK_SECONDS,
      deadlineSeconds: input.deadline_seconds ?? DEFAULT_DEADLINE_SECONDS,
    },
    gates: input.gates ?? {},
  };
}

/** A way back, under way from the start. */
export function newRollback(input: RollbackInput, clusters: readonly ClusterRef[], actor: Actor, now: Date): Rollout {
  const [first] = clusters;
  const what = clusters.length === 1 && first ? first.name : `${clusters.length} clusters`;
  return {
    ...blank(actor, now),
    name: `rollback of ${what}`,
    kind: 'rollback',
    type: input.type ?? 'prometheus-rules',
    state: 'running',
    reason: input.reason ?? null,
    plan: { waves: [{ percent: 100 }], soakSeconds: 0, deadlineSeconds: DEFAULT_DEADLINE_SECONDS },
    gates: {},
    wave: 1,
    startedAt: now,
  };
}

/** A cluster about which nothing is decided yet. */
export function newCluster(rolloutId: string, { id, name }: ClusterRef): RolloutCluster {
  return {
    rolloutId,
    clusterId: id,
    clusterName: name,
    selectedWave: null,
    wave: 0,
    state: 'planned',
    reason: null,
    content: null,
    hash: null,
    manifest: null,
    emptyConfirmed: false,
    confirmedFrom: null,
    fromRevision: null,
    revision: null,
    returnedTo: null,
    sentAt: null,
    liveAt: null,
    firingBefore: null,
  };
}

function blank(actor: Actor, now: Date): Omit<Rollout, 'name' | 'kind' | 'type' | 'state' | 'plan' | 'gates'> {
  return {
    id: newId(),
    reason: null,
    wave: 0,
    createdBy: actor,
    createdAt: now,
    startedAt: null,
    endedAt: null,
    watchedFrom: null,
    settledAt: null,
    version: 1,
  };
}
