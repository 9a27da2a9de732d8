import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { RuleGroupsStore } from '../rule-groups/rule-groups.store';
import type { DecidedChange } from './rule-changes';
import { foldText, isSameContent, nameKey, searchText, type RuleContent, type UnplacedContent } from './rule-content';
import { hasSelectors, type ResolvedRuleTargets } from './rule-targets';
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

/** Decides, under the targeting lock, what becomes of a rule. */
@Injectable()
export class RuleDecisions {
  constructor(
    private readonly store: RulesStore,
    private readonly groups: RuleGroupsStore,
  ) {}

  /** The rule has this content from now on, and its group exists. Errors: `conflict` when a file could not tell its group from another. */
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
      return { before, after: before, destination: null };
    const duplicateNo = allowDuplicate ? await this.store.freeDuplicateNo(tx, placed) : identity.duplicateNo;
    const after = storedRule({ ...identity, duplicateNo }, placed, [...resolved.pinned.keys()]);
    // A group stays as long as it has rules.
    const isInPlace = before !== null && !before.deletedAt && isSameGroup(before, content);
    if (!groupExists && !isInPlace) await this.groups.ensure(tx, placed, after.updatedAt);
    // A new rule without targets runs nowhere, and nobody need be asked.
    const isNowhere = before === null && after.targets.length === 0;
    return { before, after, destination: isNowhere ? null : { to: 'targets', resolved } };
  }

  /** The rule is gone, and vanishes from every cluster. */
  remove(before: StoredRule, now: Date): DecidedChange {
    const after = { ...before, version: before.version + 1, updatedAt: now, deletedAt: now, nameKey: null };
    return { before, after, destination: { to: 'nowhere' } };
  }

  /** Where its author put it; where it was; or at the end of its group. */
  private async positionOf(tx: EntityManager, before: StoredRule | null, content: UnplacedContent): Promise<number> {
    if (content.position !== null) return content.position;
    if (before && isSameGroup(before, content)) return before.position;
    return this.store.nextPosition(tx, content);
  }
}

const isSameGroup = (a: UnplacedContent, b: UnplacedContent): boolean =>
  a.namespace === b.namespace && a.group === b.group;

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
