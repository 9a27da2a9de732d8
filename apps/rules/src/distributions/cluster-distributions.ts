import type { MemberReported } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { ClusterMember } from '../clusters/cluster-member';
import { KnownClustersStore } from '../clusters/known-clusters.store';
import { RuleObservations } from '../health/rule-observations';
import { DistributionsStore, type Proofs } from './distributions.store';
import type { Transition } from './distributions.metrics';
import { afterReport, NO_PROOF, type RuleEvidence } from './member-proof';
import type { StoredProof } from './member-proof.entity';
import type { StoredDistribution } from './rule-distribution.entity';
import { targetStatus, type TargetMember } from './target-status';

/** Everything on one cluster, loaded under its lock, changed in memory, and written back where it differs. */
export interface ClusterState {
  clusterId: string;
  now: Date;
  distributions: StoredDistribution[];
  proofs: Proofs;
  members: ClusterMember[];
}

/** Loads, changes and saves the distributions of one cluster. */
@Injectable()
export class ClusterDistributions {
  constructor(
    private readonly store: DistributionsStore,
    private readonly clusters: KnownClustersStore,
    private readonly observations: RuleObservations,
  ) {}

  /** The caller holds the cluster's lock. */
  async load(tx: EntityManager, clusterId: string, now: Date): Promise<ClusterState> {
    const distributions = await this.store.ofCluster(tx, clusterId);
    const proofs = await this.store.proofsOfCluster(tx, clusterId);
    const members = (await this.clusters.members(tx, [clusterId], now)).get(clusterId) ?? [];
    return { clusterId, now, distributions, proofs, members };
  }

  /** Takes what `member` said about each rule; `evidenceOf` answers nothing for rules it said nothing about. */
  async learn(
    tx: EntityManager,
    state: ClusterState,
    member: string,
    evidenceOf: (distribution: StoredDistribution) => RuleEvidence | undefined,
  ): Promise<void> {
    const changed: StoredProof[] = [];
    for (const distribution of state.distributions) {
      const evidence = evidenceOf(distribution);
      if (!evidence) continue;
      const ofDistribution = state.proofs.get(distribution.id) ?? new Map<string, StoredProof>();
      const before = ofDistribution.get(member) ?? NO_PROOF;
      const after = afterReport(distribution, before, evidence);
      if (isSame(before, after)) continue;
      const proof = {
        ...after,
        distributionId: distribution.id,
        member,
        clusterId: state.clusterId,
        changedAt: state.now,
      };
      ofDistribution.set(member, proof);
      state.proofs.set(distribution.id, ofDistribution);
      changed.push(proof);
    }
    await this.store.saveProofs(tx, changed);
  }

  /** Keeps what `member` showed of its rules beyond that. */
  observe(tx: EntityManager, event: MemberReported, member: string, reportedAt: Date): Promise<void> {
    return this.observations.learn(tx, event, member, reportedAt);
  }

  /** Computes every status again and writes the distributions that differ from `before`. Answers what moved. */
  async settle(tx: EntityManager, state: ClusterState, before: readonly StoredDistribution[]): Promise<Transition[]> {
    const known = new Map(before.map((distribution) => [distribution.id, distribution]));
    const changed: StoredDistribution[] = [];
    const transitions: Transition[] = [];
    for (const distribution of state.distributions) {
      const { status, reason } = targetStatus(
        targetOf(distribution, state.proofs),
        membersOf(distribution, state),
        state.now,
      );
      const isFirstLive = status === 'live' && distribution.liveAt === null;
      const settled = { ...distribution, status, reason, liveAt: isFirstLive ? state.now : distribution.liveAt };
      const old = known.get(distribution.id);
      if (old && isSame(old, settled)) continue;
      changed.push(settled);
      if (old?.status === status) continue;
      transitions.push({
        status,
        seconds: isFirstLive ? (state.now.getTime() - distribution.savedAt.getTime()) / 1000 : null,
      });
    }
    await this.store.save(tx, changed);
    return transitions;
  }
}

/** The distribution as its status is computed from it. */
export function targetOf(distribution: StoredDistribution, proofs: Proofs) {
  const shown = [...(proofs.get(distribution.id)?.values() ?? [])].some(({ loadedVersion }) => loadedVersion !== null);
  return { ...distribution, wasRemoved: distribution.status === 'removed' && !shown };
}

/** The cluster's members with what each proved about one distribution. */
export function membersOf(
  distribution: StoredDistribution,
  state: Pick<ClusterState, 'members' | 'proofs'>,
): TargetMember[] {
  const proofs = state.proofs.get(distribution.id);
  return state.members.map(({ name, lastHeard }) => ({ name, lastHeard, proof: proofs?.get(name) ?? null }));
}

/** Whether `after` says nothing that `before` did not; fields only `before` has do not count. */
function isSame(before: object, after: object): boolean {
  return Object.entries(after).every(([field, value]) => {
    const old: unknown = Reflect.get(before, field);
    return old instanceof Date && value instanceof Date ? old.getTime() === value.getTime() : old === value;
  });
}
