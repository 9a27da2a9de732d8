import type { MemberReported } from '@alertagent/contracts';
import { Clock, Inbox, type Delivery } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { ClusterMember } from '../clusters/cluster-member';
import { KnownClustersStore } from '../clusters/known-clusters.store';
import { ClusterRulesNews } from './cluster-rules-news';
import { ClusterDistributions } from './cluster-distributions';
import { DistributionsMetrics, type Transition } from './distributions.metrics';

/**
 * What members say about the rules they run. Three subjects carry these reports and each has its own consumer, so they
 * may come in any order: the newest (by revision, then by time) counts, older ones only show that the member is alive.
 */
@Injectable()
export class MemberReports {
  constructor(
    private readonly clusters: KnownClustersStore,
    private readonly state: ClusterDistributions,
    private readonly news: ClusterRulesNews,
    private readonly metrics: DistributionsMetrics,
    private readonly inbox: Inbox,
    private readonly clock: Clock,
  ) {}

  async handle(event: MemberReported, delivery: Delivery): Promise<void> {
    if (event.type !== 'prometheus-rules') return;
    let transitions: Transition[] = [];
    await this.inbox.once(delivery, async (tx) => {
      transitions = await this.learn(tx, event);
    });
    this.metrics.record(transitions);
  }

  private async learn(tx: EntityManager, event: MemberReported): Promise<Transition[]> {
    const cluster = await this.clusters.lock(tx, { id: event.cluster_id, name: event.cluster_id });
    if (cluster.retiredAt) return [];
    // Blanks at the end would make two names of one on MySQL.
    const name = event.member.trim();
    const reportedAt = new Date(event.reported_at);
    const known = await this.clusters.member(tx, event.cluster_id, name);
    const isNews = !known || isNewer(event.revision ?? null, reportedAt, known);
    const member = heard(event, { name, reportedAt, known, isNews });
    await this.clusters.saveMember(tx, member);
    // A rule that this member could not load before it may load now, and the other way round.
    const isOther = known?.program !== member.program || known?.programVersion !== member.programVersion;
    if (isOther && member.program !== null) await this.news.tell(tx, [event.cluster_id], this.clock.now());
    const { revision } = event;
    if (isNews) await this.state.observe(tx, event, name, reportedAt);
    if (!isNews || revision === null || revision === undefined) return [];

    const state = await this.state.load(tx, event.cluster_id, this.clock.now());
    const entries = new Map(event.rules.map((entry) => [entry.rule_id, entry]));
    await this.state.learn(tx, state, name, (distribution) => ({
      state: event.state,
      revision,
      reason: event.reason ?? null,
      exact: event.exact,
      reportedAt,
      entry: entries.get(distribution.ruleId),
    }));
    return this.state.settle(tx, state, state.distributions);
  }
}

function isNewer(revision: number | null, reportedAt: Date, known: ClusterMember): boolean {
  if (revision !== known.revision) return (revision ?? -1) > (known.revision ?? -1);
  return reportedAt.getTime() >= known.reportedAt.getTime();
}

function heard(
  event: MemberReported,
  { name, reportedAt, known, isNews }: { name: string; reportedAt: Date; known: ClusterMember | null; isNews: boolean },
): ClusterMember {
  const lastHeard = known && known.lastHeard.getTime() > reportedAt.getTime() ? known.lastHeard : reportedAt;
  if (known && !isNews) return { ...known, lastHeard };
  return {
    clusterId: event.cluster_id,
    name,
    revision: event.revision ?? null,
    state: event.state,
    reason: event.reason ?? null,
    reportedAt,
    lastHeard,
    // A member that cannot be asked now is what it was.
    program: event.target?.kind ?? known?.program ?? null,
    programVersion: event.target?.version ?? known?.programVersion ?? null,
  };
}
