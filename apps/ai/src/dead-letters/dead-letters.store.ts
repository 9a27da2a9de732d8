import type { DeadLetterKind } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { In, LessThan, MoreThan, Not, type EntityManager } from 'typeorm';
import type { PagePosition } from '../requests/page';
import type { DeadLetter } from './dead-letter';
import { deadLetterEntity } from './dead-letter.entity';

/** Which letters a list shows. */
export interface LetterFilter {
  workflow?: string | null;
  kind?: DeadLetterKind | null;
}

/** What workflows never did. */
@Injectable()
export class DeadLettersStore {
  /** Replaces an earlier one of the same analysis. */
  async put(tx: EntityManager, letter: DeadLetter): Promise<void> {
    await tx.delete(deadLetterEntity, { analysisId: letter.analysisId });
    await tx.insert(deadLetterEntity, letter);
  }

  find(manager: EntityManager, id: string): Promise<DeadLetter | null> {
    return manager.findOneBy(deadLetterEntity, { id });
  }

  /** Newest first, one more than asked for. */
  list(
    manager: EntityManager,
    { workflow, kind }: LetterFilter,
    { before, limit }: PagePosition,
  ): Promise<DeadLetter[]> {
    const where = {
      ...(workflow ? { workflow } : {}),
      ...(kind ? { kind } : {}),
      ...(before ? { id: LessThan(before) } : {}),
    };
    return manager.find(deadLetterEntity, { where, order: { id: 'DESC' }, take: limit + 1 });
  }

  /** Letters of a workflow after `after`, oldest first, without those whose incident was over: nobody waits for them. */
  wanted(manager: EntityManager, workflow: string, after: string, limit: number): Promise<DeadLetter[]> {
    const where = { workflow, kind: Not('stale' as const), id: MoreThan(after) };
    return manager.find(deadLetterEntity, { where, order: { id: 'ASC' }, take: limit });
  }

  /** How many there were. */
  async deleteAll(tx: EntityManager, workflow: string, kind: DeadLetterKind | null): Promise<number> {
    const { affected } = await tx.delete(deadLetterEntity, { workflow, ...(kind ? { kind } : {}) });
    return affected ?? 0;
  }

  /** False when somebody else took it away. */
  async delete(tx: EntityManager, id: string): Promise<boolean> {
    const { affected } = await tx.delete(deadLetterEntity, { id });
    return affected === 1;
  }

  /**
   * Ids of letters from before then, oldest first, that nobody waits for: their analysis has a result, was cancelled or dropped, or is
   * gone. Those whose analysis failed wait for a replay, and those that are being worked on have not ended.
   */
  async unwanted(tx: EntityManager, before: Date, limit: number): Promise<string[]> {
    const found = await tx
      .createQueryBuilder(deadLetterEntity, 'l')
      .select('l.id', 'id')
      .leftJoin('ai_analysis_records', 'a', 'a.id = l.analysisId')
      .where('l.createdAt < :before', { before: before.getTime() })
      .andWhere("(a.id IS NULL OR a.status IN ('completed', 'cancelled'))")
      .orderBy('l.createdAt', 'ASC')
      .limit(limit)
      .getRawMany<{ id: string }>();
    return found.map(({ id }) => id);
  }

  /** How many from before then wait for somebody to replay or delete them. */
  countWaiting(manager: EntityManager, before: Date): Promise<number> {
    return manager
      .createQueryBuilder(deadLetterEntity, 'l')
      .innerJoin('ai_analysis_records', 'a', "a.id = l.analysisId AND a.status = 'failed'")
      .where('l.createdAt < :before', { before: before.getTime() })
      .getCount();
  }

  /** How many of them there still were. */
  async deleteThese(tx: EntityManager, ids: readonly string[]): Promise<number> {
    if (ids.length === 0) return 0;
    const { affected } = await tx.delete(deadLetterEntity, { id: In([...ids]) });
    return affected ?? 0;
  }
}
