import type { ListKnowledge } from '@alertagent/contracts';
import { newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { In, LessThan, MoreThanOrEqual, type EntityManager } from 'typeorm';
import type { PagePosition } from '../requests/page';
import type { KnowledgeChange, KnowledgeDocument, KnowledgeVersion } from './knowledge-document';
import { knowledgeDocumentEntity, knowledgeVersionEntity } from './knowledge-document.entity';

/** Documents and their versions; each change of a document writes one. */
@Injectable()
export class KnowledgeStore {
  find(manager: EntityManager, id: string): Promise<KnowledgeDocument | null> {
    return manager.findOneBy(knowledgeDocumentEntity, { id });
  }

  /** By where they come from; deleted ones too. */
  withKeys(manager: EntityManager, keys: readonly string[]): Promise<KnowledgeDocument[]> {
    return manager.findBy(knowledgeDocumentEntity, { sourceKey: In([...keys]) });
  }

  /** Errors: a unique violation when another document has its key. */
  async insert(tx: EntityManager, document: KnowledgeDocument, change: KnowledgeChange): Promise<void> {
    await tx.insert(knowledgeDocumentEntity, document);
    await this.keepVersion(tx, document, change);
  }

  /** Puts `after` in the place of the version before it. False when somebody else was faster. */
  async replace(tx: EntityManager, after: KnowledgeDocument, change: KnowledgeChange): Promise<boolean> {
    const before = { id: after.id, version: after.version - 1 };
    const { affected } = await tx.update(knowledgeDocumentEntity, before, after);
    if (!affected) return false;
    await this.keepVersion(tx, after, change);
    return true;
  }

  /** Newest first, one more than asked for. */
  list(
    manager: EntityManager,
    { state, kind, owner, title }: ListKnowledge,
    { before, limit }: PagePosition,
    now: Date,
  ): Promise<KnowledgeDocument[]> {
    const query = manager
      .createQueryBuilder(knowledgeDocumentEntity, 'd')
      .orderBy('d.id', 'DESC')
      .take(limit + 1);
    if (before) query.andWhere('d.id < :before', { before });
    query.andWhere(state === 'deleted' ? 'd.deletedAt IS NOT NULL' : 'd.deletedAt IS NULL');
    const at = { now: now.getTime() };
    if (state === 'stale') query.andWhere('d.expiresAt <= :now', at);
    if (state === 'active') query.andWhere('(d.expiresAt IS NULL OR d.expiresAt > :now)', at);
    if (kind) query.andWhere('d.kind = :kind', { kind });
    if (owner) query.andWhere('d.owner = :owner', { owner });
    // "!" because the databases do not agree on what a backslash is.
    if (title)
      query.andWhere("LOWER(d.title) LIKE :title ESCAPE '!'", {
        title: `%${title.toLowerCase().replace(/[%_!]/g, '!$&')}%`,
      });
    return query.getMany();
  }

  /** Newest first, one more than asked for. */
  versions(manager: EntityManager, documentId: string, { before, limit }: PagePosition): Promise<KnowledgeVersion[]> {
    return manager.find(knowledgeVersionEntity, {
      where: { documentId, ...(before ? { id: LessThan(before) } : {}) },
      order: { id: 'DESC' },
      take: limit + 1,
    });
  }

  version(manager: EntityManager, documentId: string, version: number): Promise<KnowledgeVersion | null> {
    return manager.findOneBy(knowledgeVersionEntity, { documentId, version });
  }

  /** Which were changed at or after `since`, and their versions. */
  changedSince(manager: EntityManager, since: Date): Promise<Pick<KnowledgeDocument, 'id' | 'version'>[]> {
    return manager.find(knowledgeDocumentEntity, {
      select: { id: true, version: true },
      where: { updatedAt: MoreThanOrEqual(since) },
    });
  }

  withIds(manager: EntityManager, ids: readonly string[]): Promise<KnowledgeDocument[]> {
    return manager.findBy(knowledgeDocumentEntity, { id: In([...ids]) });
  }

  private async keepVersion(
    tx: EntityManager,
    { id: documentId, version, title, text, updatedBy, updatedAt }: KnowledgeDocument,
    change: KnowledgeChange,
  ): Promise<void> {
    const kept = { id: newId(), documentId, version, title, text, author: updatedBy, change, createdAt: updatedAt };
    await tx.insert(knowledgeVersionEntity, kept);
  }
}
