import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { HeldRules } from '../approvals/held-rules';
import type { KnownCluster } from '../clusters/known-cluster';
import { KnownClustersStore } from '../clusters/known-clusters.store';
import { ClusterRulesNews } from '../distributions/cluster-rules-news';
import type { Transition } from '../distributions/distributions.metrics';
import { DistributionsStore } from '../distributions/distributions.store';
import { RulePlacement, type Move } from '../distributions/rule-placement';
import { ruleOnCluster } from './rule-on-cluster';
import { isMeantFor } from './rule-targets';
import type { StoredRule } from './stored-rule';

/** What changed on a cluster: ids of rules. */
export interface Retargeted {
  placed: string[];
  withdrawn: string[];
  moved: Transition[];
}

/** Compares what selectors say about one cluster with what runs there. */
@Injectable()
export class ClusterTargeting {
  constructor(
    private readonly distributions: DistributionsStore,
    private readonly placement: RulePlacement,
    private readonly clusters: KnownClustersStore,
    private readonly news: ClusterRulesNews,
    private readonly held: HeldRules,
  ) {}

  /** The caller holds the targeting lock and the cluster's, which is `before` no more. */
  async apply(tx: EntityManager, before: KnownCluster, cluster: KnownCluster, now: Date): Promise<Retargeted> {
    const { clusterId } = cluster;
    const existing = new Map((await this.distributions.ofCluster(tx, clusterId)).map((each) => [each.ruleId, each]));
    const result: Retargeted = { placed: [], withdrawn: [], moved: [] };
    const moves: Move[] = [];
    let isOther = false;
    for (const rule of await this.held.withSelectors(tx)) {
      const distribution = existing.get(rule.id);
      const runs = distribution !== undefined && !distribution.withdrawn;
      const should = isMeantFor(rule, cluster);
      if (should && runs) isOther ||= isOtherOn(rule, before, cluster);
      if (should === runs) continue;
      if (should) {
        moves.push({ to: 'run', rule, clusterId, existing: distribution, now });
        result.placed.push(rule.id);
      } else if (distribution) {
        moves.push({ to: 'vanish', rule, distribution, deleted: false, now });
        result.withdrawn.push(rule.id);
      }
    }
    result.moved = await this.placement.move(tx, moves);
    // Rules that go on running there, but with other overrides.
    if (isOther) await this.news.tell(tx, [clusterId], now);
    return result;
  }

  /** Withdraws every rule, also those that name the cluster. The caller holds the targeting lock and the cluster's. */
  async withdrawAll(tx: EntityManager, clusterId: string, now: Date): Promise<Retargeted> {
    const running = (await this.distributions.ofCluster(tx, clusterId)).filter(({ withdrawn }) => !withdrawn);
    const byRule = new Map(running.map((distribution) => [distribution.ruleId, distribution]));
    const moves: Move[] = [];
    for (const rule of await this.held.placedOn(tx, clusterId)) {
      const distribution = byRule.get(rule.id);
      if (distribution) moves.push({ to: 'vanish', rule, distribution, deleted: false, now });
    }
    const moved = await this.placement.move(tx, moves);
    return { placed: [], withdrawn: moves.map(({ rule }) => rule.id), moved };
  }

  /** Ends everything on a retired cluster. */
  async end(tx: EntityManager, clusterId: string): Promise<void> {
    await this.distributions.dropCluster(tx, clusterId);
    await this.clusters.dropMembers(tx, clusterId);
  }
}

const isOtherOn = (rule: StoredRule, before: KnownCluster, after: KnownCluster): boolean =>
  JSON.stringify(ruleOnCluster(rule, before)) !== JSON.stringify(ruleOnCluster(rule, after));
