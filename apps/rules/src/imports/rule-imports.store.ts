import type { RuleImportOutcome } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { In, IsNull, LessThan, MoreThan, type EntityManager } from 'typeorm';
import { ruleImportPartEntity, type StoredImportPart } from './rule-import-part.entity';
import { ruleImportResultEntity, type StoredImportResult } from './rule-import-result.entity';
import { ruleImportEntity, type StoredRuleImport } from './rule-import.entity';

/** An import in the hand of a worker. */
export type LeasedImport = StoredRuleImport & { leaseToken: string };

/** Imports, what was sent for them, and their results. */
@Injectable()
export class RuleImportsStore {
  find(manager: EntityManager, id: string): Promise<StoredRuleImport | null> {
    return manager.findOneBy(ruleImportEntity, { id });
  }

  /** Newest first. */
  list(
    manager: EntityManager,
    { before, limit }: { before: string | null; limit: number },
  ): Promise<StoredRuleImport[]> {
    const where = before === null ? {} : { id: LessThan(before) };
    return manager.find(ruleImportEntity, { where, order: { id: 'DESC' }, take: limit });
  }

  async insert(tx: EntityManager, stored: StoredRuleImport): Promise<void> {
    await tx.insert(ruleImportEntity, stored);
  }

  /** The oldest imports that nobody works on. */
  due(manager: EntityManager, now: Date, limit: number): Promise<StoredRuleImport[]> {
    return manager.find(ruleImportEntity, {
      where: [
        { state: 'waiting' },
        { state: 'running', leaseUntil: LessThan(now) },
        { state: 'running', leaseUntil: IsNull() },
      ],
      order: { id: 'ASC' },
      take: limit,
    });
  }

  /** Changes an import that is still as it was seen; answers whether it was. */
  async claim(tx: EntityManager, seen: StoredRuleImport, changes: Partial<StoredRuleImport>): Promise<boolean> {
    const { id, state, leaseToken } = seen;
    const { affected } = await tx.update(ruleImportEntity, { id, state, leaseToken: leaseToken ?? IsNull() }, changes);
    return affected === 1;
  }

  /** Changes an import that this worker still holds; answers whether it does. */
  async change(tx: EntityManager, held: LeasedImport, changes: Partial<StoredRuleImport>): Promise<boolean> {
    const { id, leaseToken } = held;
    const { affected } = await tx.update(ruleImportEntity, { id, leaseToken, state: 'running' }, changes);
    return affected === 1;
  }

  async savePart(tx: EntityManager, part: StoredImportPart): Promise<void> {
    await tx.upsert(ruleImportPartEntity, part, ['importId', 'index']);
  }

  countParts(manager: EntityManager, importId: string): Promise<number> {
    return manager.countBy(ruleImportPartEntity, { importId });
  }

  /** In order. */
  parts(manager: EntityManager, importId: string): Promise<StoredImportPart[]> {
    return manager.find(ruleImportPartEntity, { where: { importId }, order: { index: 'ASC' } });
  }

  async deleteParts(tx: EntityManager, importId: string): Promise<void> {
    await tx.delete(ruleImportPartEntity, { importId });
  }

  async addResults(tx: EntityManager, results: StoredImportResult[]): Promise<void> {
    if (results.length > 0) await tx.insert(ruleImportResultEntity, results);
  }

  results(
    manager: EntityManager,
    importId: string,
    { after, outcome, limit }: { after: number; outcome: RuleImportOutcome | null; limit: number },
  ): Promise<StoredImportResult[]> {
    return manager.find(ruleImportResultEntity, {
      where: { importId, seq: MoreThan(after), ...(outcome ? { outcome } : {}) },
      order: { seq: 'ASC' },
      take: limit,
    });
  }

  /** Ids of some imports that ended, or were left half sent, before a time. */
  async oldIds(manager: EntityManager, before: Date, limit: number): Promise<string[]> {
    const found = await manager.find(ruleImportEntity, {
      select: { id: true },
      where: [{ endedAt: LessThan(before) }, { state: 'receiving', createdAt: LessThan(before) }],
      take: limit,
    });
    return found.map(({ id }) => id);
  }

  async delete(tx: EntityManager, ids: string[]): Promise<void> {
    await tx.delete(ruleImportPartEntity, { importId: In(ids) });
    await tx.delete(ruleImportResultEntity, { importId: In(ids) });
    await tx.delete(ruleImportEntity, { id: In(ids) });
  }
}
