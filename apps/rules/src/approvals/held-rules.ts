import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { formerVersion } from '../rules/former-version';
import { hasSelectors } from '../rules/rule-targets';
import type { StoredRuleVersion } from '../rules/stored-rule-version';
import type { StoredRule } from '../rules/stored-rule';
import { RulesStore } from '../rules/rules.store';
import { RuleApprovalsStore } from './rule-approvals.store';

/** Rules in the version that may run, which is not the newest while that waits for approval or was rejected. */
@Injectable()
export class HeldRules {
  constructor(
    private readonly approvals: RuleApprovalsStore,
    private readonly rules: RulesStore,
  ) {}

  /** Every rule whose clusters, or what it is like there, depend on labels; without those of which no version may run. */
  async withSelectors(tx: EntityManager): Promise<StoredRule[]> {
    const open = await this.approvals.open(tx);
    const isOpen = new Set(open.map(({ ruleId }) => ruleId));
    const free = (await this.rules.withSelectors(tx)).filter(({ id }) => !isOpen.has(id));
    const held = open.flatMap(({ placedRule }) => placedRule ?? []);
    return [...free, ...held.filter((rule) => rule.enabled && hasSelectors(rule))];
  }

  /**
   * Every rule that should run on the cluster, in the version it should run there. Which version it is comes with the rule in one
   * statement, and its content is kept for ever, so that nothing decided meanwhile can put another content in its place.
   */
  async placedOn(manager: EntityManager, clusterId: string): Promise<StoredRule[]> {
    const placed = await this.rules.placedOn(manager, clusterId);
    const older = placed.filter(({ rule, version }) => rule.version !== version);
    const wanted = older.map(({ rule, version }) => ({ ruleId: rule.id, placedVersion: version }));
    const former = await this.approvals.placedRules(manager, wanted);
    return Promise.all(
      placed.map(async ({ rule, version }) => {
        if (rule.version === version) return rule;
        const kept = former.get(rule.id) ?? (await this.former(manager, rule, version));
        if (!kept) throw new Error(`version ${version} of rule ${rule.id} runs and is not kept`);
        return kept;
      }),
    );
  }

  /** The version that runs while tests, which nobody has to approve, hold back the newest. */
  private async former(manager: EntityManager, rule: StoredRule, version: number): Promise<StoredRule | null> {
    const row = await this.rules.version(manager, rule.id, version);
    return row && formerVersion(rule, row.rule);
  }

  /** Former versions, newest first, without those that nobody approved. */
  async versions(
    manager: EntityManager,
    ruleId: string,
    page: { before: number; limit: number },
  ): Promise<StoredRuleVersion[]> {
    const unapproved = await this.approvals.unapproved(manager, ruleId);
    return (await this.rules.versions(manager, ruleId, page)).filter(({ version }) => !unapproved.has(version));
  }
}
