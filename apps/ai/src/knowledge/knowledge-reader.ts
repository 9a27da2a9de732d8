import {
  ServiceError,
  type GetKnowledgeVersion,
  type KnowledgePage,
  type KnowledgeVersionPage,
  type KnowledgeVersionText,
  type KnowledgeVersionView,
  type KnowledgeView,
  type ListKnowledge,
  type ListKnowledgeVersions,
} from '@alertagent/contracts';
import { Clock } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { pageOf, pagePosition } from '../requests/page';
import { summaryOf, viewOf, type KnowledgeVersion } from './knowledge-document';
import { KnowledgeStore } from './knowledge.store';

/** Shows documents and what they were before. */
@Injectable()
export class KnowledgeReader {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: KnowledgeStore,
    private readonly clock: Clock,
  ) {}

  /** Deleted ones too, and say so. Errors: `not_found`. */
  async get(id: string): Promise<KnowledgeView> {
    const document = await this.store.find(this.dataSource.manager, id);
    if (!document) throw notFound('document');
    return viewOf(document, this.clock.now());
  }

  /** Newest first. Errors: `invalid` when the cursor is none of ours. */
  async list(query: ListKnowledge): Promise<KnowledgePage> {
    const position = pagePosition(query);
    const now = this.clock.now();
    const found = await this.store.list(this.dataSource.manager, query, position, now);
    return pageOf(found, position.limit, (document) => summaryOf(document, now));
  }

  /** Newest first. Errors: `not_found`; `invalid` when the cursor is none of ours. */
  async versions({ id, ...page }: ListKnowledgeVersions): Promise<KnowledgeVersionPage> {
    const position = pagePosition(page);
    const { manager } = this.dataSource;
    if (!(await this.store.find(manager, id))) throw notFound('document');
    return pageOf(await this.store.versions(manager, id, position), position.limit, versionView);
  }

  /** Errors: `not_found`. */
  async version({ id, version }: GetKnowledgeVersion): Promise<KnowledgeVersionText> {
    const found = await this.store.version(this.dataSource.manager, id, version);
    if (!found) throw notFound('version');
    return { ...versionView(found), text: found.text };
  }
}

const versionView = ({ version, title, author, change, createdAt }: KnowledgeVersion): KnowledgeVersionView => ({
  version,
  title,
  author,
  change,
  created_at: createdAt.toISOString(),
});

const notFound = (what: string): ServiceError => new ServiceError('not_found', `there is no such ${what}`);
