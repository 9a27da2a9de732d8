import { createHash } from 'node:crypto';
import { renderedGroupName } from '@alertagent/alerting';
import { ServiceError } from '@alertagent/contracts';
import { newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ruleGroupEntity } from './rule-group.entity';
import type { StoredRuleGroup } from './stored-rule-group';

/** Which groups a list shows. */
export interface RuleGroupFilter {
  namespace?: string | null;
  name?: string | null;
  /** Only groups after this one, by namespace and name. */
  after?: { namespace: string; name: string } | null;
}

/** Rule groups. Whoever writes holds the targeting lock, as those do who write rules. */
@Injectable()
export class RuleGroupsStore {
  find(manager: EntityManager, id: string): Promise<StoredRuleGroup | null> {
    return manager.findOneBy(ruleGroupEntity, { id });
  }

  /** The group that a rule file would show under the same name. */
  named(manager: EntityManager, namespace: string, name: string): Promise<StoredRuleGroup | null> {
    return manager.findOneBy(ruleGroupEntity, { nameKey: groupKey(namespace, name) });
  }

  /** By namespace and name. */
  list(manager: EntityManager, { namespace, name, after }: RuleGroupFilter, limit: number): Promise<StoredRuleGroup[]> {
    const query = manager.createQueryBuilder(ruleGroupEntity, 'rule_group').where('1 = 1');
    if (typeof namespace === 'string') query.andWhere('rule_group.namespace = :namespace', { namespace });
    if (name) query.andWhere('rule_group.name = :name', { name });
    if (after)
      query.andWhere(
        '(rule_group.namespace > :afterNamespace OR (rule_group.namespace = :afterNamespace AND rule_group.name > :afterName))',
        { afterNamespace: after.namespace, afterName: after.name },
      );
    return query.orderBy('rule_group.namespace', 'ASC').addOrderBy('rule_group.name', 'ASC').take(limit).getMany();
  }

  /** Every group that is other than Prometheus' defaults. */
  async withSettings(manager: EntityManager): Promise<StoredRuleGroup[]> {
    const query = manager
      .createQueryBuilder(ruleGroupEntity, 'rule_group')
      .where(
        "rule_group.interval IS NOT NULL OR rule_group.limit IS NOT NULL OR rule_group.queryOffset IS NOT NULL OR rule_group.labels <> '{}'",
      );
    return query.getMany();
  }

  /** Makes the group of a rule, if there is none. Errors: `conflict` when a file could not tell it from another group. */
  async ensure(
    tx: EntityManager,
    { namespace, group: name }: { namespace: string; group: string },
    now: Date,
  ): Promise<void> {
    const known = await this.named(tx, namespace, name);
    if (!known) {
      const fresh = { interval: null, limit: null, queryOffset: null, labels: {}, version: 1 };
      await this.insert(tx, { id: newId(), namespace, name, ...fresh, createdAt: now, updatedAt: now });
      return;
    }
    if (known.namespace !== namespace) throw sameName(known);
  }

  async insert(tx: EntityManager, group: Omit<StoredRuleGroup, 'nameKey'>): Promise<void> {
    await tx.insert(ruleGroupEntity, { ...group, nameKey: groupKey(group.namespace, group.name) });
  }

  async replace(tx: EntityManager, { id, ...rest }: StoredRuleGroup): Promise<void> {
    await tx.update(ruleGroupEntity, { id }, rest);
  }

  async delete(tx: EntityManager, id: string): Promise<void> {
    await tx.delete(ruleGroupEntity, { id });
  }
}

const groupKey = (namespace: string, name: string): string =>
  createHash('sha256')
    .update(JSON.stringify(renderedGroupName(namespace, name)))
    .digest('hex');

/** The group with which a file would mix another one up. */
export function sameName({ namespace, name }: StoredRuleGroup): ServiceError {
  const detail = `in a rule file it would be called like the group "${name}" of namespace "${namespace}"`;
  return new ServiceError('conflict', detail.slice(0, 200), {
    errors: [{ pointer: '/group', code: 'not_unique', detail: detail.slice(0, 500) }],
  });
}
