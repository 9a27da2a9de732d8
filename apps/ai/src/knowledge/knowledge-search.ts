import { KnowledgeIndex, type KnowledgeHit } from '@alertagent/alerting';
import type { KnowledgeFound } from '@alertagent/contracts';
import { Clock } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { stateOf, type KnowledgeDocument } from './knowledge-document';
import { KnowledgeStore } from './knowledge.store';

/** What a search asks for. */
export interface KnowledgeQuestion {
  text: string;
  limit: number;
  /** Name of a cluster: only what is about it, or about all. */
  cluster?: string | null;
  /** The key of a document that must not be found. */
  exceptKey?: string;
}

/** Milliseconds that a change may be committed after the time it bears: a transaction's longest life, and other instances' clocks. */
const LATE_MS = 15_000;
const PAGE = 200;

type Known = Omit<KnowledgeDocument, 'text'>;

/**
 * Finds documents by their words. The index is in memory, and brought up to date from the database before each search: what another
 * instance has just changed is found, and what it deleted is not.
 */
@Injectable()
export class KnowledgeSearch {
  private readonly index = new KnowledgeIndex();
  private readonly known = new Map<string, Known>();
  private seenUntil = 0;
  private refreshing: Promise<void> = Promise.resolve();
  /** The refresh that has not begun yet. */
  private next: Promise<void> | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly store: KnowledgeStore,
    private readonly clock: Clock,
  ) {}

  /** The best first; neither stale nor deleted ones. Errors: ServiceError `unavailable` when the database is. */
  async search({ text, limit, cluster, exceptKey }: KnowledgeQuestion): Promise<KnowledgeFound[]> {
    await this.refresh();
    this.dropStale();
    const except = exceptKey === undefined ? undefined : this.idOf(exceptKey);
    const hits = this.index.find({ text, limit, cluster: cluster ?? undefined, except });
    return hits.map((hit) => foundOf(hit, this.known.get(hit.id)!));
  }

  private idOf(sourceKey: string): string | undefined {
    for (const one of this.known.values()) if (one.sourceKey === sourceKey) return one.id;
    return undefined;
  }

  private dropStale(): void {
    const now = this.clock.now();
    for (const one of this.known.values()) if (stateOf(one, now) !== 'active') this.index.delete(one.id);
  }

  /** One after the other, since two at once would do the same work; whoever asks before it has begun shares it. */
  private refresh(): Promise<void> {
    this.next ??= this.refreshing = this.refreshing
      .catch(() => undefined)
      .then(() => {
        this.next = undefined;
        return this.readChanges();
      });
    return this.next;
  }

  private async readChanges(): Promise<void> {
    const since = new Date(Math.max(0, this.seenUntil - LATE_MS));
    const { manager } = this.dataSource;
    const changed = await this.store.changedSince(manager, since);
    // Those of the last change are found again each time, but their texts are read once.
    const news = changed.filter(({ id, version }) => this.known.get(id)?.version !== version).map(({ id }) => id);
    for (let start = 0; start < news.length; start += PAGE)
      for (const document of await this.store.withIds(manager, news.slice(start, start + PAGE))) this.take(document);
  }

  private take(document: KnowledgeDocument): void {
    const { text, ...meta } = document;
    this.seenUntil = Math.max(this.seenUntil, document.updatedAt.getTime());
    this.known.set(document.id, meta);
    if (document.deletedAt === null) this.index.set({ ...meta, text });
    else this.index.delete(document.id);
  }
}

const foundOf = (
  { heading, passage, score }: KnowledgeHit,
  { id, version, title, kind, url }: Known,
): KnowledgeFound => ({
  document_id: id,
  version,
  title,
  kind,
  url,
  heading,
  passage,
  score: Math.round(score * 100) / 100,
});
