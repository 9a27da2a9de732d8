import type { RevisionPublished, RevisionRefused } from '@alertagent/contracts';
import { Clock, Inbox, type Delivery } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { KnownClustersStore } from '../clusters/known-clusters.store';
import { ClusterDistributions, type ClusterState } from './cluster-distributions';
import { DistributionsMetrics, type Transition } from './distributions.metrics';
import type { StoredDistribution } from './rule-distribution.entity';

/** What the rendering of a cluster's rule file means for its rules. News may come twice and in any order. */
@Injectable()
export class RevisionNews {
  constructor(
    private readonly clusters: KnownClustersStore,
    private readonly state: ClusterDistributions,
    private readonly metrics: DistributionsMetrics,
    private readonly inbox: Inbox,
    private readonly clock: Clock,
  ) {}

  /** The rules of the revision are being served. */
  async published(event: RevisionPublished, delivery: Delivery): Promise<void> {
    if (event.type !== 'prometheus-rules') return;
    const versions = new Map(event.rules.map(({ rule_id, rule_version }) => [rule_id, rule_version]));
    await this.change(event.cluster_id, delivery, async (tx, state) => {
      state.distributions = state.distributions.map((distribution) => {
        const version = versions.get(distribution.ruleId);
        // A later revision without the version: the cluster was taken back, so that nobody serves it any more.
        const isGone = version !== distribution.version && event.revision > (distribution.renderedRevision ?? Infinity);
        if (version === undefined) return isGone ? { ...distribution, renderedRevision: null } : distribution;
        const seen = { ...distribution, seenInRevision: Math.max(distribution.seenInRevision, event.revision) };
        if (isGone) return { ...seen, renderedRevision: null };
        if (distribution.withdrawn || version !== distribution.version || distribution.renderedRevision !== null)
          return seen;
        return { ...seen, renderedRevision: event.revision, refusedReason: null };
      });
      await this.learnEarlyReports(tx, state);
    });
  }

  /** The rules it names could not be rendered; versions that are served already stay as they are. */
  async refused(event: RevisionRefused, delivery: Delivery): Promise<void> {
    if (event.type !== 'prometheus-rules') return;
    const versions = new Map(event.rules.map(({ rule_id, rule_version }) => [rule_id, rule_version]));
    await this.change(event.cluster_id, delivery, (_tx, state) => {
      state.distributions = state.distributions.map((distribution) => {
        const isRefused = !distribution.withdrawn && versions.get(distribution.ruleId) === distribution.version;
        return isRefused ? { ...distribution, refusedReason: event.reason.slice(0, 2000) } : distribution;
      });
    });
  }

  /** A member may have spoken of a revision before this service heard that the revision exists. */
  private async learnEarlyReports(tx: EntityManager, state: ClusterState): Promise<void> {
    for (const { name, revision, state: memberState, reason, reportedAt } of state.members) {
      if (revision === null) continue;
      await this.state.learn(tx, state, name, (distribution: StoredDistribution) =>
        distribution.withdrawn ? undefined : { state: memberState, revision, reason, exact: false, reportedAt },
      );
    }
  }

  private async change(
    clusterId: string,
    delivery: Delivery,
    work: (tx: EntityManager, state: ClusterState) => void | Promise<void>,
  ): Promise<void> {
    let transitions: Transition[] = [];
    await this.inbox.once(delivery, async (tx) => {
      const cluster = await this.clusters.lock(tx, { id: clusterId, name: clusterId });
      transitions = [];
      if (cluster.retiredAt) return;
      const state = await this.state.load(tx, clusterId, this.clock.now());
      const before = state.distributions;
      await work(tx, state);
      transitions = await this.state.settle(tx, state, before);
    });
    this.metrics.record(transitions);
  }
}
