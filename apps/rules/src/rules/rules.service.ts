import { ServiceError, type CreateRule, type DeleteRule, type RuleView, type UpdateRule } from '@alertagent/contracts';
import { Clock, newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { RulePlacement } from '../distributions/rule-placement';
import { RuleChanges } from './rule-changes';
import { foldName, isSameContent, nameKey, ruleContent, ruleView, type RuleContent } from './rule-content';
import { hasSelectors, RuleTargets, type ResolvedRuleTargets } from './rule-targets';
import type { StoredRule } from './rule.entity';
import { RulesStore } from './rules.store';

/** Creates, changes and deletes rules. */
@Injectable()
export class RulesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: RulesStore,
    private readonly targets: RuleTargets,
    private readonly changes: RuleChanges,
    private readonly placement: RulePlacement,
    private readonly clock: Clock,
  ) {}

  /** Errors: `invalid` (with pointers into the rule), `conflict` when the group has a rule of that name, `unavailable`. */
  async create({ rule: input, actor }: CreateRule): Promise<RuleView> {
    const content = ruleContent(input);
    const resolved = await this.targets.resolve(content.targets);
    const now = this.clock.now();
    const after = storedRule({ id: newId(), version: 1, createdAt: now, updatedAt: now }, content, resolved);
    const rule = await this.changes.commit('created', actor, async () => ({
      before: null,
      after,
      distribute: async (tx) =>
        this.placement.place(tx, after, await this.targets.current(tx, content.targets, resolved), now),
    }));
    return ruleView(rule);
  }

  /**
   * Replaces a rule. The same content again makes no new version. Errors: as for `create`, `not_found`, and `conflict`
   * when the rule is not at `expected_version`.
   */
  async update({ id, rule: input, expected_version, actor }: UpdateRule): Promise<RuleView> {
    // Before anything is asked of others; decided again under the lock.
    expectVersion(await this.store.find(this.dataSource.manager, id), expected_version);
    const content = ruleContent(input);
    const resolved = await this.targets.resolve(content.targets);
    const now = this.clock.now();
    const rule = await this.changes.commit('updated', actor, async (tx) => {
      const before = expectVersion(await this.store.find(tx, id), expected_version);
      const next = { id, version: before.version + 1, createdAt: before.createdAt, updatedAt: now };
      const after =
        isSameContent(before, content) && isSameSet(before.pinnedClusters, resolved.pinned)
          ? before
          : storedRule(next, content, resolved);
      return {
        before,
        after,
        distribute: async () =>
          this.placement.place(tx, after, await this.targets.current(tx, content.targets, resolved), now),
      };
    });
    return ruleView(rule);
  }

  /** The rule is gone from every list at once; its removal from the clusters can be followed. Errors: `not_found`, `conflict`. */
  async delete({ id, expected_version, actor }: DeleteRule): Promise<void> {
    const now = this.clock.now();
    await this.changes.commit('deleted', actor, async (tx) => {
      const before = expectVersion(await this.store.find(tx, id), expected_version);
      const after = { ...before, version: before.version + 1, updatedAt: now, deletedAt: now, nameKey: null };
      return { before, after, distribute: () => this.placement.withdrawEverywhere(tx, before, now) };
    });
  }
}

function expectVersion(rule: StoredRule | null, expected: number | null | undefined): StoredRule {
  if (!rule || rule.deletedAt) throw new ServiceError('not_found', 'there is no such rule');
  if (expected !== null && expected !== undefined && rule.version !== expected) {
    throw new ServiceError('conflict', `the rule is at version ${rule.version}, not ${expected}`);
  }
  return rule;
}

/** A name may mean another cluster than it did when the rule was saved. */
const isSameSet = (pinned: readonly string[], now: ReadonlyMap<string, string>): boolean =>
  pinned.length === now.size && pinned.every((id) => now.has(id));

function storedRule(
  identity: Pick<StoredRule, 'id' | 'version' | 'createdAt' | 'updatedAt'>,
  content: RuleContent,
  resolved: ResolvedRuleTargets,
): StoredRule {
  return {
    ...identity,
    ...content,
    nameKey: nameKey(content),
    nameFolded: foldName(content.name),
    pinnedClusters: [...resolved.pinned.keys()],
    hasSelectors: hasSelectors(content.targets),
    deletedAt: null,
  };
}
