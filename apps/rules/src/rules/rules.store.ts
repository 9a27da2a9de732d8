import { Injectable } from '@nestjs/common';
import { In, IsNull, LessThan, type EntityManager } from 'typeorm';
import { nameKey, type RuleContent } from './rule-content';
import type { RuleFilter } from './rule-filter';
import { listRules, type RulePageTerms } from './rule-list';
import { ruleVersionEntity, type StoredRuleVersion } from './rule-version.entity';
import { ruleEntity } from './rule.entity';
import type { StoredRule } from './stored-rule';

/** Rules and their versions. */
@Injectable()
export class RulesStore {
  /** The rule with this id, deleted or not. */
  find(manager: EntityManager, id: string): Promise<StoredRule | null> {
    return manager.findOneBy(ruleEntity, { id });
  }

  /** The rules with these ids, deleted or not, by id. */
  async byIds(manager: EntityManager, ids: readonly string[]): Promise<Map<string, StoredRule>> {
    const found = ids.length === 0 ? [] : await manager.findBy(ruleEntity, { id: In([...ids]) });
    return new Map(found.map((rule) => [rule.id, rule]));
  }

  /** At most `limit` rules after a place in an order. */
  list(manager: EntityManager, filter: RuleFilter, page: RulePageTerms): Promise<StoredRule[]> {
    return listRules(manager, filter, page);
  }

  /** Every rule that should run on the cluster, and the version of it that should, in one statement. */
  async placedOn(manager: EntityManager, clusterId: string): Promise<{ rule: StoredRule; version: number }[]> {
    const { entities, raw } = await manager
      .createQueryBuilder(ruleEntity, 'rule')
      .innerJoin('rule_distributions', 'placed', 'placed.ruleId = rule.id')
      .addSelect('placed.version', 'placed_version')
      .where('rule.deletedAt IS NULL')
      .andWhere('placed.clusterId = :clusterId AND placed.withdrawn = 0', { clusterId })
      .orderBy('rule.id', 'ASC')
      .getRawAndEntities<{ placed_version: number }>();
    return entities.map((rule, index) => ({ rule, version: Number(raw[index]?.placed_version) }));
  }

  /** Every rule whose clusters, or what it is like there, depend on labels. */
  async withSelectors(tx: EntityManager): Promise<StoredRule[]> {
    const where = { hasSelectors: true, enabled: true, deletedAt: IsNull() };
    return tx.find(ruleEntity, { where, order: { id: 'ASC' } });
  }

  /** The place after the last rule of a group. */
  async nextPosition(
    tx: EntityManager,
    { namespace, group }: Pick<RuleContent, 'namespace' | 'group'>,
  ): Promise<number> {
    const last = await tx.maximum(ruleEntity, 'position', { namespace, group, deletedAt: IsNull() });
    return last === null ? 0 : Number(last) + 1;
  }

  /** Rules with one of these names, oldest first. */
  named(
    manager: EntityManager,
    names: readonly string[],
    { group, limit }: { group: string | null; limit: number },
  ): Promise<StoredRule[]> {
    return manager.find(ruleEntity, {
      where: { name: In([...names]), deletedAt: IsNull(), ...(group === null ? {} : { group }) },
      order: { id: 'ASC' },
      take: limit,
    });
  }

  /** Rules of these groups, oldest first. */
  ofGroups(manager: EntityManager, groups: readonly string[], limit: number): Promise<StoredRule[]> {
    return manager.find(ruleEntity, {
      where: { group: In([...groups]), deletedAt: IsNull() },
      order: { id: 'ASC' },
      take: limit,
    });
  }

  /** The lowest number under which the group does not have this very rule yet. */
  async freeDuplicateNo(tx: EntityManager, content: RuleContent): Promise<number> {
    for (let number = 0; ; number += 1)
      if (!(await tx.existsBy(ruleEntity, { nameKey: nameKey(content, number) }))) return number;
  }

  /** The rules of a group, in their order. */
  ofGroup(
    manager: EntityManager,
    { namespace, group }: Pick<RuleContent, 'namespace' | 'group'>,
  ): Promise<StoredRule[]> {
    const where = { namespace, group, deletedAt: IsNull() };
    return manager.find(ruleEntity, { where, order: { position: 'ASC', id: 'ASC' } });
  }

  /** How many rules a group has. */
  async countOf(
    manager: EntityManager,
    { namespace, group }: Pick<RuleContent, 'namespace' | 'group'>,
  ): Promise<number> {
    return manager.countBy(ruleEntity, { namespace, group, deletedAt: IsNull() });
  }

  /** Errors: a unique violation when the group has the rule. */
  async insertAll(tx: EntityManager, rules: readonly StoredRule[]): Promise<void> {
    // Copies: TypeORM writes what MariaDB returns, unconverted, into the objects it is given.
    const copies = rules.map((rule) => ({ ...rule }));
    if (copies.length > 0) await tx.insert(ruleEntity, copies);
  }

  /**
   * Writes the next version of a rule, unless somebody else wrote it first: answers false then. Errors: a unique violation
   * when the group has another such rule.
   */
  async replace(tx: EntityManager, before: StoredRule, after: StoredRule): Promise<boolean> {
    const { id, ...rest } = after;
    const { affected } = await tx.update(ruleEntity, { id, version: before.version }, rest);
    return affected === 1;
  }

  async addVersions(tx: EntityManager, versions: StoredRuleVersion[]): Promise<void> {
    if (versions.length > 0) await tx.insert(ruleVersionEntity, versions);
  }

  version(manager: EntityManager, ruleId: string, version: number): Promise<StoredRuleVersion | null> {
    return manager.findOneBy(ruleVersionEntity, { ruleId, version });
  }

  /** Newest first. */
  versions(
    manager: EntityManager,
    ruleId: string,
    { before, limit }: { before: number; limit: number },
  ): Promise<StoredRuleVersion[]> {
    return manager.find(ruleVersionEntity, {
      where: { ruleId, version: LessThan(before) },
      order: { version: 'DESC' },
      take: limit,
    });
  }
}
