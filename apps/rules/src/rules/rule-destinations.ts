import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Transition } from '../distributions/distributions.metrics';
import { RulePlacement } from '../distributions/rule-placement';
import { RuleTargets, type ResolvedRuleTargets } from './rule-targets';
import type { StoredRule } from './stored-rule';

/** Where a rule is to run: on its targets, as they were when they were asked for; or on no cluster, because it is gone. */
export type Destination =
  { to: 'targets'; resolved: Pick<ResolvedRuleTargets, 'pinned' | 'selected'> } | { to: 'nowhere' };

/** A rule on its way. */
export interface BoundRule {
  rule: StoredRule;
  destination: Destination;
  now: Date;
}

/** Brings rules to the clusters that they are bound for. The caller holds the targeting lock. */
@Injectable()
export class RuleDestinations {
  constructor(
    private readonly targets: RuleTargets,
    private readonly placement: RulePlacement,
  ) {}

  /**
   * Different rules, each of which runs where it is bound for as of now, and nowhere else. Answers what moved, for the metrics after
   * commit. Errors: `conflict` when a rule names a cluster that takes no rules any more.
   */
  async reach(tx: EntityManager, bound: readonly BoundRule[]): Promise<Transition[]> {
    const targeted = bound.flatMap(({ rule, destination }) =>
      destination.to === 'targets' && rule.enabled ? [{ rule, resolved: destination.resolved }] : [],
    );
    const clusters = await this.targets.current(tx, targeted);
    const byRule = new Map(targeted.map(({ rule }, index) => [rule.id, clusters[index]!]));
    return this.placement.place(
      tx,
      bound.map(({ rule, destination, now }) => ({
        rule,
        clusters: byRule.get(rule.id) ?? [],
        deleted: destination.to === 'nowhere',
        now,
      })),
    );
  }
}
