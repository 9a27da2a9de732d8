import type { DistributionTarget, RuleDistribution } from '@alertagent/contracts';
import { Clock } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { ClusterMember } from '../clusters/cluster-member';
import { KnownClustersStore } from '../clusters/known-clusters.store';
import { membersOf, targetOf } from './cluster-distributions';
import { DistributionsStore, type Proofs } from './distributions.store';
import type { StoredDistribution } from './rule-distribution.entity';
import { targetStatus } from './target-status';

/** Why a rule is kept from clusters that could not load it, by cluster id. */
export type Gates = ReadonlyMap<string, string>;

const NO_GATES: Gates = new Map();

/** Tells how far rules have come. */
@Injectable()
export class DistributionsService {
  constructor(
    private readonly store: DistributionsStore,
    private readonly clusters: KnownClustersStore,
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /**
   * Where a rule is, as of now, cluster by cluster and member by member; no targets for a rule nobody placed. `gates` tells why it
   * is kept from a cluster.
   */
  async ofRule(ruleId: string, gates: Gates = NO_GATES): Promise<RuleDistribution> {
    const { manager } = this.dataSource;
    const distributions = await this.store.ofRule(manager, ruleId);
    const clusterIds = distributions.map(({ clusterId }) => clusterId);
    const proofs = await this.store.proofs(
      manager,
      distributions.map(({ id }) => id),
    );
    const clusters = await this.clusters.byIds(manager, clusterIds);
    const now = this.clock.now();
    const members = await this.clusters.members(manager, clusterIds, now);
    const targets = distributions.map((distribution) => {
      const name = clusters.get(distribution.clusterId)?.name ?? distribution.clusterId;
      return view(distribution, {
        name,
        proofs,
        members: members.get(distribution.clusterId) ?? [],
        now,
        gate: gates.get(distribution.clusterId),
      });
    });
    return { rule_id: ruleId, targets };
  }
}

function view(
  distribution: StoredDistribution,
  {
    name,
    proofs,
    members,
    now,
    gate,
  }: { name: string; proofs: Proofs; members: ClusterMember[]; now: Date; gate: string | undefined },
): DistributionTarget {
  const target = targetOf(distribution, proofs);
  const gated = gate === undefined ? target : { ...target, renderedRevision: null, refusedReason: gate };
  const status = targetStatus(gated, membersOf(distribution, { members, proofs }), now);
  const reports = members
    .filter((member) => proofs.get(distribution.id)?.has(member.name))
    .map(({ lastHeard }) => lastHeard.getTime());
  return {
    cluster_id: distribution.clusterId,
    cluster_name: name,
    status: status.status,
    version: distribution.version,
    reason: status.reason,
    last_sync: reports.length === 0 ? null : new Date(Math.max(...reports)).toISOString(),
    members: status.members.map((member) => ({
      name: member.name,
      status: member.status,
      reason: member.reason,
      version: member.version,
      last_report: member.lastReport.toISOString(),
    })),
  };
}
