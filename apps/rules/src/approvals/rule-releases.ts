import { ServiceError, type Actor } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { KnownClustersStore } from '../clusters/known-clusters.store';
import type { Transition } from '../distributions/distributions.metrics';
import { RuleDecisions } from '../rules/rule-decisions';
import { RuleDestinations } from '../rules/rule-destinations';
import { ruleView } from '../rules/rule-view';
import type { StoredRule } from '../rules/stored-rule';
import { RulesStore } from '../rules/rules.store';
import { contentHash } from '../versions/content-hash';
import { RuleHistory } from '../versions/rule-history';
import type { StoredRuleApproval } from './rule-approval.entity';

/** Does what waited for approval. The caller holds the targeting lock. */
@Injectable()
export class RuleReleases {
  constructor(
    private readonly rules: RulesStore,
    private readonly decisions: RuleDecisions,
    private readonly destinations: RuleDestinations,
    private readonly clusters: KnownClustersStore,
    private readonly history: RuleHistory,
  ) {}

  /**
   * Distributes the version, or deletes the rule. Errors: `conflict` when the rule is not what was to be approved, or names a
   * cluster that takes no rules any more.
   */
  async release(tx: EntityManager, approval: StoredRuleApproval, actor: Actor, now: Date): Promise<Transition[]> {
    const rule = await this.rules.find(tx, approval.ruleId);
    const isSame = rule?.version === approval.version && contentHash(ruleView(rule)) === approval.contentHash;
    if (!isSame || rule.deletedAt)
      throw new ServiceError('conflict', 'the rule is not what was to be approved any more');
    if (approval.change === 'deletion-requested') return this.delete(tx, rule, { approval, actor, now });
    const names = await this.clusters.byIds(tx, rule.pinnedClusters);
    const pinned = new Map(rule.pinnedClusters.map((id) => [id, names.get(id)?.name ?? id]));
    const destination = { to: 'targets', resolved: { pinned, selected: new Map() } } as const;
    return this.destinations.reach(tx, [{ rule, destination, now }]);
  }

  private async delete(
    tx: EntityManager,
    before: StoredRule,
    { approval, actor, now }: { approval: StoredRuleApproval; actor: Actor; now: Date },
  ): Promise<Transition[]> {
    const { after } = this.decisions.remove(before, now);
    if (!(await this.rules.replace(tx, before, after)))
      throw new ServiceError('conflict', 'the rule was changed meanwhile');
    const moved = await this.destinations.reach(tx, [{ rule: after, destination: { to: 'nowhere' }, now }]);
    await this.history.recordAll(tx, [{ kind: 'deleted', actor, before, after, reason: approval.reason }]);
    return moved;
  }
}
