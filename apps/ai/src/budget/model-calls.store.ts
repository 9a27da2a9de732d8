import { Injectable } from '@nestjs/common';
import { In, IsNull, Not, type EntityManager } from 'typeorm';
import type { Amounts } from './amounts';
import type { ModelCall } from './model-call';
import { budgetLockEntity, modelCallEntity } from './model-call.entity';

/** The ledger of calls of models. */
@Injectable()
export class ModelCallsStore {
  /**
   * Waits until nobody else sets anything aside, until the end of the transaction. Must be the first thing in it: what is read
   * afterwards is then what the others left.
   */
  async lock(tx: EntityManager): Promise<void> {
    await tx.increment(budgetLockEntity, { id: 1 }, 'turns', 1);
  }

  /** What a day's, or an incident's, calls took, and what those may take that have not ended. */
  async used(manager: EntityManager, by: { day: string } | { scopeId: string }, now: Date): Promise<Amounts> {
    const [where, value] = 'day' in by ? ['c.day = :value', by.day] : ['c.scopeId = :value', by.scopeId];
    const sums = await manager
      .createQueryBuilder(modelCallEntity, 'c')
      .select('COALESCE(SUM(c.inputTokens + c.outputTokens), 0)', 'tokens')
      .addSelect('COALESCE(SUM(c.costMicros), 0)', 'cost')
      .addSelect('COALESCE(SUM(c.ms), 0)', 'ms')
      .where(where, { value })
      .andWhere("(c.state = 'settled' OR (c.state = 'reserved' AND c.deadline > :now))", { now: now.getTime() })
      .getRawOne<{ tokens: unknown; cost: unknown; ms: unknown }>();
    // MySQL hands sums out as text.
    return { tokens: Number(sums?.tokens), costMicros: Number(sums?.cost), ms: Number(sums?.ms) };
  }

  async insert(tx: EntityManager, call: ModelCall): Promise<void> {
    await tx.insert(modelCallEntity, call);
  }

  /** False when it was settled before. */
  async settle(tx: EntityManager, id: string, changes: Partial<ModelCall>): Promise<boolean> {
    const { affected } = await tx.update(modelCallEntity, { id, state: 'reserved' }, changes);
    return affected === 1;
  }

  /** All of a day, refused ones too. */
  ofDay(manager: EntityManager, day: string): Promise<ModelCall[]> {
    return manager.findBy(modelCallEntity, { day });
  }

  /** Dify's name of the answer that an analysis was made of; null when another analyst made it, or the app has no names for answers. */
  async messageOf(manager: EntityManager, analysisId: string): Promise<string | null> {
    const call = await manager.findOne(modelCallEntity, {
      where: { analysisId, provider: 'dify', outcome: 'answered', reason: IsNull(), messageId: Not(IsNull()) },
      order: { id: 'DESC' },
    });
    return call?.messageId ?? null;
  }

  /** Those that were made. */
  ofAnalyses(manager: EntityManager, analysisIds: readonly string[]): Promise<ModelCall[]> {
    if (analysisIds.length === 0) return Promise.resolve([]);
    return manager.findBy(modelCallEntity, { analysisId: In([...analysisIds]), state: Not('refused') });
  }

  /**
   * Deletes calls of days before this one, at most so many; how many there were. Those of an incident that is still open stay: its
   * budget counts all of its calls, on whichever day they were made.
   */
  async deleteBefore(tx: EntityManager, day: string, limit: number): Promise<number> {
    const found = await tx
      .createQueryBuilder(modelCallEntity, 'c')
      .select('c.id', 'id')
      .leftJoin('known_incidents', 'i', 'i.id = c.scopeId')
      .where('c.day < :day', { day })
      .andWhere('(i.id IS NULL OR i.resolvedAt IS NOT NULL)')
      .limit(limit)
      .getRawMany<{ id: string }>();
    if (found.length === 0) return 0;
    const { affected } = await tx.delete(modelCallEntity, { id: In(found.map(({ id }) => id)) });
    return affected ?? 0;
  }
}
