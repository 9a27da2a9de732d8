import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Transition } from '../distributions/distributions.metrics';
import { RulePlacement } from '../distributions/rule-placement';
import { RuleGroupsStore } from '../rule-groups/rule-groups.store';
import type { DecidedChange } from './rule-changes';
import { foldText, isSameContent, nameKey, searchText, type RuleContent, type UnplacedContent } from './rule-content';
import { hasSelectors, RuleTargets, type ResolvedRuleTargets } from './rule-targets';
import type { StoredRule } from './stored-rule';
import { RulesStore } from './rules.store';

/** What stays of a rule, whatever its content. */
export type RuleIdentity = Pick<StoredRule, 'id' | 'version' | 'createdAt' | 'updatedAt' | 'duplicateNo'>;

/** A rule to write. */
export interface RuleToWrite {
  /** Null for a new one; a deleted one comes back. */
  before: StoredRule | null;
  identity: RuleIdentity;
  content: UnplacedContent;
  resolved: ResolvedRuleTargets;
  allowDuplicate?: boolean;
  /** The caller has made sure, in this transaction, that the group exists. */
  groupExists?: boolean;
}

/** Decides, under the targeting lock, what becomes of a rule and of its clusters. */
@Injectable()
export class RuleDecisions {
  constructor(
    private readonly store: RulesStore,
    private readonly groups: RuleGroupsStore,
    private readonly targets: RuleTargets,
    private readonly placement: RulePlacement,
  ) {}

  /** The rule has this content from now on, and its group exists. Errors: `conflict` when a named cluster takes no rules any more. */
  async write(
    tx: EntityManager,
    { before, identity, content, resolved, allowDuplicate, groupExists }: RuleToWrite,
  ): Promise<DecidedChange> {
    const position = await this.positionOf(tx, before, content);
    const placed: RuleContent = { ...content, position, overrides: resolved.overrides };
    if (
      before &&
      !before.deletedAt &&
      isSameContent(before, placed) &&
      isSameSet(before.pinnedClusters, resolved.pinned)
    )
      return { before, after: before, distribute: async () => [] };
    const duplicateNo = allowDuplicate ? await this.store.freeDuplicateNo(tx, placed) : identity.duplicateNo;
    const after = storedRule({ ...identity, duplicateNo }, placed, [...resolved.pinned.keys()]);
    if (!groupExists) await this.groups.ensure(tx, placed, after.updatedAt);
    // A new rule without targets runs nowhere, and nobody need be asked.
    const isNowhere = before === null && after.targets.length === 0;
    const distribute: DecidedChange['distribute'] = async (inner) =>
      isNowhere ? [] : this.distribute(inner, after, resolved, after.updatedAt);
    return { before, after, distribute };
  }

  /** The rule is gone, and vanishes from every cluster. */
  remove(before: StoredRule, now: Date): DecidedChange {
    const after = { ...before, version: before.version + 1, updatedAt: now, deletedAt: now, nameKey: null };
    return { before, after, distribute: (tx) => this.placement.withdrawEverywhere(tx, before, now) };
  }

  /** The rule runs on the clusters that it is meant for, as of now, and nowhere else. Errors: `conflict`, as for `write`. */
  async distribute(
    tx: EntityManager,
    rule: StoredRule,
    resolved: Pick<ResolvedRuleTargets, 'pinned' | 'selected'>,
    now: Date,
  ): Promise<Transition[]> {
    const clusters = rule.enabled ? await this.targets.current(tx, rule, resolved) : [];
    return this.placement.place(tx, rule, clusters, now);
  }

  /** Where its author put it; where it was; or at the end of its group. */
  private async positionOf(tx: EntityManager, before: StoredRule | null, content: UnplacedContent): Promise<number> {
    if (content.position !== null) return content.position;
    if (before && before.namespace === content.namespace && before.group === content.group) return before.position;
    return this.store.nextPosition(tx, content);
  }
}

/** A name may mean another cluster than it did when the rule was saved. */
const isSameSet = (pinned: readonly string[], now: ReadonlyMap<string, string>): boolean =>
  pinned.length === now.size && pinned.every((id) => now.has(id));

function storedRule(identity: RuleIdentity, content: RuleContent, pinnedClusters: string[]): StoredRule {
  return {
    ...identity,
    ...content,
    nameKey: nameKey(content, identity.duplicateNo),
    nameFolded: foldText(content.name),
    searchText: searchText(content),
    pinnedClusters,
    hasSelectors: hasSelectors(content),
    deletedAt: null,
  };
}
