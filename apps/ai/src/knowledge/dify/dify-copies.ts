import { Clock, inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { stateOf, type KnowledgeDocument } from '../knowledge-document';
import { DifyNotNow, DifyRefusal } from '../../dify/dify-api';
import { DifyDataset } from './dify-dataset';
import type { DifyDocument } from './dify-document';
import { DifyDocumentsStore } from './dify-documents.store';
import { retryPause, TURN_MS } from '../../dify/retry-pause';

const AT_ONCE = 10;
/** Milliseconds between questions whether a document is indexed. */
const INDEXING_MS = 5_000;

/**
 * Makes the copies in a dataset what the documents are: one step per document at a time, found by comparing the two, so that no change can be missed.
 * Before a document is created that is written down, because Dify has no idempotency key: what may have been created is looked for first.
 */
@Injectable()
export class DifyCopies {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: DifyDocumentsStore,
    private readonly dataset: DifyDataset,
    private readonly clock: Clock,
  ) {}

  /** Takes one step for each of some documents. Errors: those of the database; what was in hand is done again. */
  async turn(): Promise<void> {
    const { id } = this.dataset;
    if (id === null) return;
    for (const pair of await this.store.different(this.dataSource.manager, id, this.clock.now(), AT_ONCE)) {
      const until = this.in(TURN_MS);
      const held = await inTransaction(this.dataSource, (tx) => this.store.take(tx, pair, id, until));
      if (held) await this.write(held, await this.step(pair.document, held));
    }
  }

  /** What the copy is after it. */
  private async step(document: KnowledgeDocument, held: DifyDocument): Promise<Partial<DifyDocument>> {
    try {
      const changes = await this.closer(document, held);
      return { dueAt: this.clock.now(), failures: 0, error: null, ...changes };
    } catch (error) {
      const dueAt = this.in(retryPause(held.failures + 1));
      if (error instanceof DifyNotNow) return { failures: held.failures + 1, error: error.message, dueAt };
      if (!(error instanceof DifyRefusal)) throw error;
      // Somebody removed it there: it is created again.
      if (error.status === 404 && held.difyId !== null)
        return { difyId: null, state: 'gone', version: 0, error: error.message, dueAt };
      return { state: 'refused', version: document.version, error: error.message, dueAt };
    }
  }

  private async closer(document: KnowledgeDocument, held: DifyDocument): Promise<Partial<DifyDocument>> {
    const { version } = document;
    if (stateOf(document, this.clock.now()) !== 'active') return this.remove(document, held);
    // What was created by somebody who is gone is of no known version: it makes place for a new one.
    if (held.state === 'creating' && held.difyId === null) {
      const difyId = await this.dataset.find(document);
      return difyId ? { difyId, state: 'refused', version: 0 } : this.create(document, held);
    }
    // Until it is indexed, Dify takes no other version; what it could not index, never.
    if (held.state === 'indexing') return this.indexed(held);
    if (held.state === 'refused' && held.difyId !== null) {
      await this.delete(held.difyId);
      return { difyId: null, state: 'gone', version: 0 };
    }
    if (held.difyId === null) return this.create(document, held);
    const placed = await this.dataset.update(held.difyId, document);
    return { ...placed, state: 'indexing', version, dueAt: this.in(INDEXING_MS) };
  }

  private async create(document: KnowledgeDocument, held: DifyDocument): Promise<Partial<DifyDocument>> {
    if (!(await this.write(held, { state: 'creating' }))) throw new DifyNotNow('another instance took over');
    const placed = await this.dataset.create(document);
    return { ...placed, state: 'indexing', version: document.version, dueAt: this.in(INDEXING_MS) };
  }

  private async remove(document: KnowledgeDocument, held: DifyDocument): Promise<Partial<DifyDocument>> {
    const difyId = held.state === 'creating' ? await this.dataset.find(document) : held.difyId;
    if (difyId !== null) await this.delete(difyId);
    return { difyId: null, batch: null, state: 'gone', version: document.version };
  }

  private async delete(difyId: string): Promise<void> {
    await this.dataset.delete(difyId).catch((error: unknown) => {
      // Somebody was faster.
      if (!(error instanceof DifyRefusal && error.status === 404)) throw error;
    });
  }

  private async indexed({ difyId, batch }: DifyDocument): Promise<Partial<DifyDocument>> {
    if (difyId === null || batch === null) return { state: 'refused', version: 0 };
    const indexing = await this.dataset.indexing({ difyId, batch });
    if (indexing.state === 'failed') return { state: 'refused', error: indexing.error };
    return indexing.state === 'done' ? { state: 'indexed' } : { dueAt: this.in(INDEXING_MS) };
  }

  private write(held: DifyDocument, changes: Partial<DifyDocument>): Promise<boolean> {
    return inTransaction(this.dataSource, (tx) => this.store.change(tx, held, changes));
  }

  private in(ms: number): Date {
    return new Date(this.clock.now().getTime() + ms);
  }
}
