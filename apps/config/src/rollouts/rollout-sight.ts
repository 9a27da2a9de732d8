import { AlertAgentConfig, Clock } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { MembersStore, type KnownMember } from '../reports/members.store';
import type { Head } from '../revisions/head';
import { RevisionsStore } from '../revisions/revisions.store';
import { heardOf, judgeCluster } from './judge-cluster';
import type { StandingCluster } from './next-step';
import type { RolloutClusterRow } from './rollouts.store';
import type { Rollout } from './rollout.entity';

/** Most clusters looked up by one statement. */
const CLUSTERS_PER_QUERY = 500;

/** A cluster of a rollout with all that is known about it now. */
export interface SeenCluster extends StandingCluster {
  row: RolloutClusterRow;
  /** Its members that were heard of lately. */
  heard: KnownMember[];
  lastSeen: Date | null;
}

/** Looks at what members reported and at who holds what. */
@Injectable()
export class RolloutSight {
  constructor(
    private readonly members: MembersStore,
    private readonly revisions: RevisionsStore,
    private readonly config: AlertAgentConfig,
    private readonly clock: Clock,
  ) {}

  /** The rows as they stand now, in their order. */
  async look(rollout: Rollout, rows: readonly RolloutClusterRow[]): Promise<SeenCluster[]> {
    const members = new Map<string, KnownMember[]>();
    const heads = new Map<string, Head>();
    for (let start = 0; start < rows.length; start += CLUSTERS_PER_QUERY) {
      const clusterIds = rows.slice(start, start + CLUSTERS_PER_QUERY).map(({ clusterId }) => clusterId);
      for (const member of await this.members.ofClusters(rollout.type, clusterIds))
        members.set(member.clusterId, [...(members.get(member.clusterId) ?? []), member]);
      for (const head of await this.revisions.heads(rollout.type, clusterIds)) heads.set(head.clusterId, head);
    }
    const now = this.clock.now();
    return rows.map((row) => {
      const all = members.get(row.clusterId) ?? [];
      const heard = heardOf(all, now, this.config.distribution.silent_after);
      const head = heads.get(row.clusterId);
      const isWatched = row.state === 'sent' || row.state === 'live';
      return {
        row,
        heard,
        lastSeen: all.reduce<Date | null>((last, one) => (last && last > one.lastSeen ? last : one.lastSeen), null),
        judgement: isWatched ? judgeCluster(row, heard, rollout.gates) : null,
        isOurs: head?.rolloutId === rollout.id && head.retiredAt === null,
      };
    });
  }
}
