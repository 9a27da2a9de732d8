import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { RuleApprovalsStore } from '../approvals/rule-approvals.store';
import { KnownClustersStore } from '../clusters/known-clusters.store';
import type { Transition } from '../distributions/distributions.metrics';
import { RuleDestinations } from '../rules/rule-destinations';
import { RulesStore } from '../rules/rules.store';

/** Distributes what tests held back. The caller holds the targeting lock. */
@Injectable()
export class TestReleases {
  constructor(
    private readonly rules: RulesStore,
    private readonly approvals: RuleApprovalsStore,
    private readonly clusters: KnownClustersStore,
    private readonly destinations: RuleDestinations,
  ) {}

  /** The rule's current version, if nothing else holds it back. */
  async release(tx: EntityManager, ruleId: string, now: Date): Promise<Transition[]> {
    const rule = await this.rules.find(tx, ruleId);
    if (!rule || rule.deletedAt || (await this.approvals.openOf(tx, [ruleId])).size > 0) return [];
    const known = [...(await this.clusters.byIds(tx, rule.pinnedClusters)).values()];
    // One that was retired meanwhile is left out: there is nobody any more who could be told.
    const open = known.filter(({ closedAt, retiredAt }) => !closedAt && !retiredAt);
    const pinned = new Map(open.map(({ clusterId, name }) => [clusterId, name]));
    const destination = { to: 'targets', resolved: { pinned, selected: new Map() } } as const;
    return this.destinations.reach(tx, [{ rule, destination, now }]);
  }
}
