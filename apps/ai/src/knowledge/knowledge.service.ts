import {
  ServiceError,
  type Actor,
  type CreateKnowledge,
  type ImportKnowledge,
  type KnowledgeImportItem,
  type KnowledgeImportReport,
  type KnowledgeImportResult,
  type KnowledgeInput,
  type KnowledgeView,
  type SetKnowledgeDeleted,
  type UpdateKnowledge,
} from '@alertagent/contracts';
import { AuditLog, Clock, inTransaction, isUniqueViolation, LostRaceError, newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import {
  isSameContent,
  summaryOf,
  viewOf,
  type KnowledgeChange,
  type KnowledgeContent,
  type KnowledgeDocument,
} from './knowledge-document';
import { KnowledgeStore } from './knowledge.store';

/** Writes, changes, deletes, restores and imports documents; each change is a version and audited. */
@Injectable()
export class KnowledgeService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: KnowledgeStore,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  async create({ document: input, actor }: CreateKnowledge): Promise<KnowledgeView> {
    const document = this.newDocument(contentOf(input), null, actor);
    await inTransaction(this.dataSource, (tx) => this.insert(tx, document, 'created', actor));
    return viewOf(document, this.clock.now());
  }

  /** Errors: `not_found`; `conflict` when it is not at `expected_version`. */
  async update({ id, document: input, expected_version, actor }: UpdateKnowledge): Promise<KnowledgeView> {
    const after = await inTransaction(this.dataSource, async (tx) => {
      const before = await this.expect(tx, id, expected_version, false);
      const content = { ...contentOf(input), kind: input.kind ?? before.kind };
      return isSameContent(before, content) ? before : this.change(tx, before, content, 'updated', actor);
    });
    return viewOf(after, this.clock.now());
  }

  /** Errors: as for `update`. */
  async delete({ id, expected_version, actor }: SetKnowledgeDeleted): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      const before = await this.expect(tx, id, expected_version, false);
      await this.change(tx, before, { deletedAt: this.clock.now() }, 'deleted', actor);
    });
  }

  /** Errors: as for `update`; `not_found` for one that is not deleted. */
  async restore({ id, expected_version, actor }: SetKnowledgeDeleted): Promise<KnowledgeView> {
    const after = await inTransaction(this.dataSource, async (tx) => {
      const before = await this.expect(tx, id, expected_version, true);
      return this.change(tx, before, { deletedAt: null }, 'restored', actor);
    });
    return viewOf(after, this.clock.now());
  }

  /** All or nothing. Errors: `invalid` when two documents have the same key. */
  async import({ documents, dry_run, actor }: ImportKnowledge): Promise<KnowledgeImportReport> {
    refuseRepeatedKeys(documents);
    const results = await inTransaction(this.dataSource, async (tx) => {
      const keys = documents.map(({ key }) => key);
      const known = new Map((await this.store.withKeys(tx, keys)).map((document) => [document.sourceKey, document]));
      const outcomes: KnowledgeImportResult[] = [];
      for (const item of documents)
        outcomes.push(await this.importOne(tx, item, known.get(item.key), { isDry: dry_run === true, actor }));
      return outcomes;
    });
    return { dry_run: dry_run === true, results };
  }

  /** Keeps what was learned under a key: made, brought up to date, or left as it is; one that somebody deleted stays deleted. */
  async distil(tx: EntityManager, key: string, content: KnowledgeContent, actor: Actor): Promise<void> {
    const [known] = await this.store.withKeys(tx, [key]);
    if (!known) await this.insert(tx, this.newDocument(content, key, actor), 'distilled', actor);
    else if (known.deletedAt === null && !isSameContent(known, content))
      await this.change(tx, known, content, 'distilled', actor);
  }

  private async importOne(
    tx: EntityManager,
    item: KnowledgeImportItem,
    known: KnowledgeDocument | undefined,
    { isDry, actor }: { isDry: boolean; actor: Actor },
  ): Promise<KnowledgeImportResult> {
    const content = contentOf(item);
    const { key } = item;
    if (!known) {
      const document = this.newDocument(content, key, actor);
      if (!isDry) await this.insert(tx, document, 'imported', actor);
      return { key, outcome: 'created', id: isDry ? null : document.id };
    }
    // Whoever imports it again wants it back.
    const isSame = known.deletedAt === null && isSameContent(known, content);
    if (!isSame && !isDry) await this.change(tx, known, { ...content, deletedAt: null }, 'imported', actor);
    return { key, outcome: isSame ? 'unchanged' : 'updated', id: known.id };
  }

  private newDocument(content: KnowledgeContent, sourceKey: string | null, actor: Actor): KnowledgeDocument {
    const now = this.clock.now();
    const made = { id: newId(), sourceKey, version: 1, createdAt: now, updatedAt: now, deletedAt: null };
    return { ...content, ...made, updatedBy: actor.name };
  }

  private async insert(
    tx: EntityManager,
    document: KnowledgeDocument,
    change: KnowledgeChange,
    actor: Actor,
  ): Promise<void> {
    try {
      await this.store.insert(tx, document, change);
    } catch (error) {
      throw isUniqueViolation(error) ? new LostRaceError(error) : error;
    }
    await this.record(tx, change, null, document, actor);
  }

  private async change(
    tx: EntityManager,
    before: KnowledgeDocument,
    changed: Partial<KnowledgeDocument>,
    change: KnowledgeChange,
    actor: Actor,
  ): Promise<KnowledgeDocument> {
    const now = this.clock.now();
    const after = { ...before, ...changed, version: before.version + 1, updatedAt: now, updatedBy: actor.name };
    if (!(await this.store.replace(tx, after, change))) throw new LostRaceError(overtaken(before.version + 1));
    await this.record(tx, change, before, after, actor);
    return after;
  }

  private async expect(
    tx: EntityManager,
    id: string,
    expected: number | null | undefined,
    isDeleted: boolean,
  ): Promise<KnowledgeDocument> {
    const document = await this.store.find(tx, id);
    if (!document || (document.deletedAt !== null) !== isDeleted)
      throw new ServiceError('not_found', `there is no such ${isDeleted ? 'deleted ' : ''}document`);
    if (expected !== null && expected !== undefined && expected !== document.version) throw overtaken(document.version);
    return document;
  }

  private async record(
    tx: EntityManager,
    change: KnowledgeChange,
    before: KnowledgeDocument | null,
    after: KnowledgeDocument,
    actor: Actor,
  ): Promise<void> {
    const now = this.clock.now();
    await this.audit.record(tx, {
      actor,
      action: `knowledge.${change}`,
      resource_type: 'knowledge',
      resource_id: after.id,
      before: before && summaryOf(before, now),
      after: summaryOf(after, now),
    });
  }
}

function contentOf(input: KnowledgeInput): KnowledgeContent {
  return {
    kind: input.kind ?? 'runbook',
    title: input.title,
    text: input.text,
    owner: input.owner ?? null,
    url: input.url ?? null,
    clusters: input.clusters ?? [],
    alerts: input.alerts ?? [],
    expiresAt: input.expires_at ? new Date(input.expires_at) : null,
  };
}

function refuseRepeatedKeys(documents: readonly KnowledgeImportItem[]): void {
  const first = new Map<string, number>();
  const errors = documents.flatMap(({ key }, index) => {
    const earlier = first.get(key);
    if (earlier === undefined) {
      first.set(key, index);
      return [];
    }
    const detail = `document ${earlier} has the same key`;
    return [{ pointer: `/documents/${index}/key`, code: 'not_unique', detail }];
  });
  if (errors.length > 0) throw new ServiceError('invalid', 'two documents have the same key', { errors });
}

function overtaken(version: number): ServiceError {
  const detail = `the document is at version ${version} now`;
  return new ServiceError('conflict', detail, { errors: [{ pointer: '', code: 'version_mismatch', detail }] });
}
