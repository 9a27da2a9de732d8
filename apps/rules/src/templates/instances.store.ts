import { Injectable } from '@nestjs/common';
import { In, LessThan, MoreThan, type EntityManager } from 'typeorm';
import { instanceRuleEntity, type StoredInstanceRule } from './instance-rule.entity';
import { instanceEntity, type StoredInstance } from './instance.entity';

/** Instances of templates and the rules they made. */
@Injectable()
export class InstancesStore {
  find(manager: EntityManager, id: string): Promise<StoredInstance | null> {
    return manager.findOneBy(instanceEntity, { id });
  }

  /** Oldest first. */
  ofTemplate(
    manager: EntityManager,
    templateId: string,
    { after, limit }: { after?: string | null; limit?: number } = {},
  ): Promise<StoredInstance[]> {
    return manager.find(instanceEntity, {
      where: { templateId, ...(after && { id: MoreThan(after) }) },
      order: { id: 'ASC' },
      ...(limit && { take: limit }),
    });
  }

  count(manager: EntityManager, templateId: string): Promise<number> {
    return manager.countBy(instanceEntity, { templateId });
  }

  /** Instances whose rules are not yet as they should be since before then. */
  async unsettledIds(manager: EntityManager, since: Date): Promise<string[]> {
    const found = await manager.find(instanceEntity, {
      select: { id: true },
      where: { state: In(['applying', 'deleting']), updatedAt: LessThan(since) },
      order: { id: 'ASC' },
    });
    return found.map(({ id }) => id);
  }

  /** Errors: a unique violation when the template has an instance of the name. */
  async insert(tx: EntityManager, instance: StoredInstance): Promise<void> {
    await tx.insert(instanceEntity, instance);
  }

  /** Writes the next version unless somebody else did: answers false then. Errors: a unique violation. */
  async replace(tx: EntityManager, instance: StoredInstance): Promise<boolean> {
    const { id, ...rest } = instance;
    const { affected } = await tx.update(instanceEntity, { id, version: instance.version - 1 }, rest);
    return affected === 1;
  }

  /** How the work in hand ended; nothing when somebody gave the instance other work meanwhile. */
  async settle(
    manager: EntityManager,
    { id, version }: StoredInstance,
    outcome: Pick<StoredInstance, 'state' | 'problems'>,
  ): Promise<void> {
    await manager.update(instanceEntity, { id, version }, outcome);
  }

  /** With what it knew about its rules; the rules themselves stay. */
  async remove(tx: EntityManager, id: string): Promise<void> {
    await tx.delete(instanceRuleEntity, { instanceId: id });
    await tx.delete(instanceEntity, { id });
  }

  rules(manager: EntityManager, instanceIds: readonly string[]): Promise<StoredInstanceRule[]> {
    if (instanceIds.length === 0) return Promise.resolve([]);
    return manager.find(instanceRuleEntity, { where: { instanceId: In([...instanceIds]) }, order: { ruleId: 'ASC' } });
  }

  async addRules(tx: EntityManager, rules: readonly StoredInstanceRule[]): Promise<void> {
    if (rules.length > 0) await tx.insert(instanceRuleEntity, [...rules]);
  }

  async setApplied(manager: EntityManager, { instanceId, key, applied }: StoredInstanceRule): Promise<void> {
    await manager.update(instanceRuleEntity, { instanceId, key }, { applied });
  }

  async removeRule(manager: EntityManager, { instanceId, key }: StoredInstanceRule): Promise<void> {
    await manager.delete(instanceRuleEntity, { instanceId, key });
  }
}
