import { isUniqueViolation } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { knowledgeDocumentEntity } from '../knowledge-document.entity';
import type { KnowledgeDocument } from '../knowledge-document';
import { COPY_STATES, difyDocumentEntity, type CopyState, type DifyDocument } from './dify-document';

/** A document and its copy; null before there is one. */
export interface Pair {
  document: KnowledgeDocument;
  copy: DifyDocument | null;
}

/** Copies of documents in datasets of Dify. */
@Injectable()
export class DifyDocumentsStore {
  /** Documents whose copy is not what it should be, those that changed first first. */
  async different(manager: EntityManager, datasetId: string, now: Date, limit: number): Promise<Pair[]> {
    const isActive = 'd.deletedAt IS NULL AND (d.expiresAt IS NULL OR d.expiresAt > :now)';
    const documents = await manager
      .createQueryBuilder(knowledgeDocumentEntity, 'd')
      .leftJoin(difyDocumentEntity.options.name, 'c', 'c.documentId = d.id AND c.datasetId = :datasetId', { datasetId })
      .where(`c.documentId IS NULL AND ${isActive}`)
      .orWhere(
        `c.dueAt <= :now AND (c.version <> d.version OR c.state IN ('creating', 'indexing') OR (c.state <> 'gone' AND NOT (${isActive})))`,
      )
      .setParameter('now', now.getTime())
      .orderBy('d.updatedAt', 'ASC')
      .addOrderBy('d.id', 'ASC')
      .limit(limit)
      .getMany();
    const pairs: Pair[] = [];
    for (const document of documents) {
      const copy = await manager.findOneBy(difyDocumentEntity, { datasetId, documentId: document.id });
      pairs.push({ document, copy });
    }
    return pairs;
  }

  /** Takes the copy of a document in hand, until `until`. Null when another instance was faster. */
  async take(
    tx: EntityManager,
    { document, copy }: Pair,
    datasetId: string,
    until: Date,
  ): Promise<DifyDocument | null> {
    if (copy) {
      const { documentId, dueAt } = copy;
      const { affected } = await tx.update(difyDocumentEntity, { datasetId, documentId, dueAt }, { dueAt: until });
      return affected === 1 ? { ...copy, dueAt: until } : null;
    }
    const fresh: DifyDocument = {
      datasetId,
      documentId: document.id,
      difyId: null,
      batch: null,
      state: 'gone',
      version: 0,
      dueAt: until,
      failures: 0,
      error: null,
    };
    try {
      await tx.insert(difyDocumentEntity, fresh);
      return fresh;
    } catch (error) {
      if (isUniqueViolation(error)) return null;
      throw error;
    }
  }

  /** Writes to a copy that is still in hand; false when it was taken over. */
  async change(tx: EntityManager, held: DifyDocument, changes: Partial<DifyDocument>): Promise<boolean> {
    const { datasetId, documentId, dueAt } = held;
    const { affected } = await tx.update(difyDocumentEntity, { datasetId, documentId, dueAt }, changes);
    return affected === 1;
  }

  /** How many copies are in which state. */
  async counts(manager: EntityManager, datasetId: string): Promise<Record<CopyState, number>> {
    const entries = await Promise.all(
      COPY_STATES.map(
        async (state) => [state, await manager.countBy(difyDocumentEntity, { datasetId, state })] as const,
      ),
    );
    return Object.fromEntries(entries) as Record<CopyState, number>;
  }
}
