import type { RuleBatchItemState } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { In, IsNull, LessThan, Not, type EntityManager } from 'typeorm';
import { ruleBatchItemEntity, type StoredBatchItem } from './rule-batch-item.entity';
import { ruleBatchEntity, type StoredBatch } from './rule-batch.entity';

/** Rows per statement: far below SQLite's limit of parameters and MySQL's of bytes. */
const ROWS_AT_ONCE = 200;

/** How many items of a batch have which status. */
export type ItemCounts = Readonly<Record<RuleBatchItemState, number>>;

/** Batches and their items. */
@Injectable()
export class RuleBatchesStore {
  find(manager: EntityManager, id: string): Promise<StoredBatch | null> {
    return manager.findOneBy(ruleBatchEntity, { id });
  }

  /** Newest first. */
  list(
    manager: EntityManager,
    { state, before, limit }: { state?: 'running' | 'finished' | null; before?: string | null; limit: number },
  ): Promise<StoredBatch[]> {
    return manager.find(ruleBatchEntity, {
      where: {
        ...(before ? { id: LessThan(before) } : {}),
        ...(state ? { finishedAt: state === 'running' ? IsNull() : Not(IsNull()) } : {}),
      },
      order: { id: 'DESC' },
      take: limit,
    });
  }

  /** Ids of batches under way, oldest first. */
  async unfinished(manager: EntityManager): Promise<string[]> {
    const where = { finishedAt: IsNull() };
    const found = await manager.find(ruleBatchEntity, { select: { id: true }, where, order: { id: 'ASC' } });
    return found.map(({ id }) => id);
  }

  async insert(tx: EntityManager, batch: StoredBatch, ruleIds: readonly string[]): Promise<void> {
    await tx.insert(ruleBatchEntity, batch);
    const items = ruleIds.map((ruleId, position): StoredBatchItem => {
      return { batchId: batch.id, position, ruleId, status: 'waiting', version: null, error: null };
    });
    for (let from = 0; from < items.length; from += ROWS_AT_ONCE)
      await tx.insert(ruleBatchItemEntity, items.slice(from, from + ROWS_AT_ONCE));
  }

  async finish(tx: EntityManager, id: string, finishedAt: Date): Promise<void> {
    await tx.update(ruleBatchEntity, { id }, { finishedAt });
  }

  /** All items in their order. */
  items(manager: EntityManager, batchId: string): Promise<StoredBatchItem[]> {
    return manager.find(ruleBatchItemEntity, { where: { batchId }, order: { position: 'ASC' } });
  }

  /** The next items without a result. */
  waiting(tx: EntityManager, batchId: string, limit: number): Promise<StoredBatchItem[]> {
    const where = { batchId, status: 'waiting' as const };
    return tx.find(ruleBatchItemEntity, { where, order: { position: 'ASC' }, take: limit });
  }

  async saveItems(tx: EntityManager, items: readonly StoredBatchItem[]): Promise<void> {
    await tx.upsert(ruleBatchItemEntity, [...items], ['batchId', 'position']);
  }

  /** By batch id. */
  async counts(manager: EntityManager, batchIds: readonly string[]): Promise<Map<string, ItemCounts>> {
    const counts = new Map(batchIds.map((id) => [id, { waiting: 0, done: 0, unchanged: 0, failed: 0 }]));
    if (batchIds.length === 0) return counts;
    const rows = await manager
      .createQueryBuilder(ruleBatchItemEntity, 'item')
      .select('item.batchId', 'batch')
      .addSelect('item.status', 'status')
      .addSelect('COUNT(*)', 'items')
      .where({ batchId: In([...batchIds]) })
      .groupBy('item.batchId')
      .addGroupBy('item.status')
      .getRawMany<{ batch: string; status: RuleBatchItemState; items: number | string }>();
    for (const { batch, status, items } of rows) {
      const one = counts.get(batch);
      if (one) one[status] = Number(items);
    }
    return counts;
  }
}
