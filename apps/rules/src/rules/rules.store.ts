import { Injectable } from '@nestjs/common';
import { IsNull, LessThan, type EntityManager } from 'typeorm';
import { foldName } from './rule-content';
import { ruleVersionEntity, type StoredRuleVersion } from './rule-version.entity';
import { ruleEntity, type StoredRule } from './rule.entity';

/** Which rules a list shows. */
export interface RuleFilter {
  name?: string | null;
  group?: string | null;
  severity?: string | null;
  /** Only rules that should run on this cluster. */
  clusterId?: string | null;
  /** Only rules older than the one with this id. */
  before?: string | null;
}

const PLACED =
  'rule.id IN (SELECT placed.rule_id FROM rule_distributions placed WHERE placed.cluster_id = :clusterId AND placed.withdrawn = 0)';

/** Rules and their versions. */
@Injectable()
export class RulesStore {
  /** The rule with this id, deleted or not. */
  find(manager: EntityManager, id: string): Promise<StoredRule | null> {
    return manager.findOneBy(ruleEntity, { id });
  }

  /** Newest first. */
  list(manager: EntityManager, filter: RuleFilter, limit: number): Promise<StoredRule[]> {
    const query = manager.createQueryBuilder(ruleEntity, 'rule').where('rule.deletedAt IS NULL');
    if (filter.before) query.andWhere('rule.id < :before', { before: filter.before });
    if (filter.name)
      query.andWhere("rule.nameFolded LIKE :name ESCAPE '!'", { name: `%${escapeLike(foldName(filter.name))}%` });
    if (filter.group) query.andWhere('rule.group = :group', { group: filter.group });
    if (filter.severity) query.andWhere('rule.severity = :severity', { severity: filter.severity });
    if (filter.clusterId) query.andWhere(PLACED, { clusterId: filter.clusterId });
    return query.orderBy('rule.id', 'DESC').take(limit).getMany();
  }

  /** Every rule that should run on the cluster. One statement, so that each rule is there with the version it has. */
  placedOn(manager: EntityManager, clusterId: string): Promise<StoredRule[]> {
    const query = manager
      .createQueryBuilder(ruleEntity, 'rule')
      .where('rule.deletedAt IS NULL')
      .andWhere(PLACED, { clusterId });
    return query.orderBy('rule.id', 'ASC').getMany();
  }

  /** Every rule whose clusters depend on labels. */
  withSelectors(tx: EntityManager): Promise<StoredRule[]> {
    return tx.find(ruleEntity, { where: { hasSelectors: true, deletedAt: IsNull() }, order: { id: 'ASC' } });
  }

  /** Errors: a unique violation when a rule of the group has the name. */
  async insert(tx: EntityManager, rule: StoredRule): Promise<void> {
    await tx.insert(ruleEntity, rule);
  }

  /**
   * Writes the next version of a rule, unless somebody else wrote it first: answers false then. Errors: a unique violation
   * when another rule of the group has the name.
   */
  async replace(tx: EntityManager, rule: StoredRule): Promise<boolean> {
    const { id, ...rest } = rule;
    const { affected } = await tx.update(ruleEntity, { id, version: rule.version - 1, deletedAt: IsNull() }, rest);
    return affected === 1;
  }

  async addVersion(tx: EntityManager, version: StoredRuleVersion): Promise<void> {
    await tx.insert(ruleVersionEntity, version);
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

const escapeLike = (text: string): string => text.replace(/[!%_]/g, (character) => `!${character}`);
