import type { RuleFindingKind } from '@alertagent/contracts';
import { newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { In, Not, type EntityManager } from 'typeorm';
import { ruleFindingEntity, type StoredFinding } from './rule-finding.entity';
import { ruleSourceEntity, type StoredRuleSource } from './rule-source.entity';
import { ruleSweepEntity, type StoredSweep } from './rule-sweep.entity';
import { seriesLookEntity, type StoredSeriesLook } from './series-look.entity';

/** Rows per statement. */
const BATCH = 100;

export interface FindingFilter {
  finding: RuleFindingKind | null;
  clusterId: string | null;
  owner: string | null;
  ruleId: string | null;
  /** Rules that have fired after this are not told as never fired. */
  quietBefore: Date;
  after: string | null;
}

/** A finding as a sweep makes it; null: it began now, or was there before. */
export type NewFinding = Omit<StoredFinding, 'id' | 'since'> & { since: Date | null };

/** What sweeps have found. */
@Injectable()
export class RuleHealthStore {
  /** In the order in which they were first found. */
  list(manager: EntityManager, filter: FindingFilter, limit: number): Promise<StoredFinding[]> {
    const query = manager.createQueryBuilder(ruleFindingEntity, 'found');
    query.where("(found.finding <> 'never-fired' OR found.since <= :quiet)", { quiet: filter.quietBefore.getTime() });
    if (filter.after) query.andWhere('found.id > :after', { after: filter.after });
    if (filter.finding) query.andWhere('found.finding = :finding', { finding: filter.finding });
    if (filter.clusterId) query.andWhere('found.clusterId = :clusterId', { clusterId: filter.clusterId });
    if (filter.owner) query.andWhere('found.owner = :owner', { owner: filter.owner });
    if (filter.ruleId) query.andWhere('found.ruleId = :ruleId', { ruleId: filter.ruleId });
    return query.orderBy('found.id', 'ASC').take(limit).getMany();
  }

  /** These are the findings of the cluster from now on; what was found before keeps its place in the list and its beginning. */
  async replace(tx: EntityManager, clusterId: string, found: readonly NewFinding[]): Promise<void> {
    const keyOf = ({ ruleId, finding }: Pick<StoredFinding, 'ruleId' | 'finding'>) => `${ruleId} ${finding}`;
    const before = new Map((await tx.findBy(ruleFindingEntity, { clusterId })).map((row) => [keyOf(row), row]));
    const rows = found.map((one): StoredFinding => {
      const known = before.get(keyOf(one));
      return { ...one, id: known?.id ?? newId(), since: one.since ?? known?.since ?? one.lookedAt };
    });
    const kept = new Set(rows.map(({ id }) => id));
    const gone = [...before.values()].filter(({ id }) => !kept.has(id)).map(({ id }) => id);
    for (const batch of inBatches(gone)) await tx.delete(ruleFindingEntity, { id: In(batch) });
    for (const batch of inBatches(rows)) await tx.upsert(ruleFindingEntity, batch, ['id']);
  }

  /** Forgets clusters that no rules run on any more. */
  async keepOnly(tx: EntityManager, clusterIds: readonly string[]): Promise<void> {
    const others = { clusterId: Not(In([...clusterIds])) };
    await tx.delete(ruleFindingEntity, others);
    await tx.delete(ruleSourceEntity, others);
    await tx.delete(seriesLookEntity, others);
  }

  async looks(manager: EntityManager, clusterId: string): Promise<Map<string, StoredSeriesLook>> {
    const rows = await manager.findBy(seriesLookEntity, { clusterId });
    return new Map(rows.map((row) => [row.ruleId, row]));
  }

  async saveLook(manager: EntityManager, look: StoredSeriesLook): Promise<void> {
    await manager.upsert(seriesLookEntity, look, ['clusterId', 'ruleId']);
  }

  sources(manager: EntityManager): Promise<StoredRuleSource[]> {
    return manager.find(ruleSourceEntity, { order: { clusterId: 'ASC' } });
  }

  async saveSource(manager: EntityManager, source: StoredRuleSource): Promise<void> {
    await manager.upsert(ruleSourceEntity, source, ['clusterId']);
  }

  sweep(manager: EntityManager): Promise<StoredSweep | null> {
    return manager.findOneBy(ruleSweepEntity, { id: 1 });
  }

  /** True for one of all that ask: it sweeps until it says that it is done, or until `leaseUntil`. */
  async begin(manager: EntityManager, now: Date, leaseUntil: Date): Promise<boolean> {
    const { affected } = await manager
      .createQueryBuilder()
      .update(ruleSweepEntity)
      .set({ leaseUntil })
      .where('id = 1 AND lease_until <= :now', { now: now.getTime() })
      .execute();
    return affected === 1;
  }

  /** `result` is null when it was not a whole sweep: the one before it still counts. */
  async end(manager: EntityManager, result: Pick<StoredSweep, 'sweptAt' | 'gatewayReason'> | null): Promise<void> {
    await manager.update(ruleSweepEntity, { id: 1 }, { ...result, leaseUntil: new Date(0) });
  }
}

function inBatches<T>(rows: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(rows.length / BATCH) }, (_, index) =>
    rows.slice(index * BATCH, (index + 1) * BATCH),
  );
}
