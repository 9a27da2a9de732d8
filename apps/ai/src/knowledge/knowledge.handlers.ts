import {
  createKnowledge,
  deleteKnowledge,
  getKnowledge,
  getKnowledgeVersion,
  importKnowledge,
  listKnowledge,
  listKnowledgeVersions,
  restoreKnowledge,
  searchKnowledge,
  updateKnowledge,
  type ById,
  type CreateKnowledge,
  type Done,
  type GetKnowledgeVersion,
  type ImportKnowledge,
  type KnowledgeFindings,
  type KnowledgeImportReport,
  type KnowledgePage,
  type KnowledgeVersionPage,
  type KnowledgeVersionText,
  type KnowledgeView,
  type ListKnowledge,
  type ListKnowledgeVersions,
  type SearchKnowledge,
  type SetKnowledgeDeleted,
  type UpdateKnowledge,
} from '@alertagent/contracts';
import { OnRequest } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { KnowledgeReader } from './knowledge-reader';
import { KnowledgeSearch } from './knowledge-search';
import { KnowledgeService } from './knowledge.service';

const DEFAULT_FOUND = 10;

/** What others ask about knowledge. */
@Controller()
export class KnowledgeHandlers {
  constructor(
    private readonly knowledge: KnowledgeService,
    private readonly reader: KnowledgeReader,
    private readonly finder: KnowledgeSearch,
  ) {}

  @OnRequest(createKnowledge)
  create(query: CreateKnowledge): Promise<KnowledgeView> {
    return this.knowledge.create(query);
  }

  @OnRequest(updateKnowledge)
  update(query: UpdateKnowledge): Promise<KnowledgeView> {
    return this.knowledge.update(query);
  }

  @OnRequest(deleteKnowledge)
  async delete(query: SetKnowledgeDeleted): Promise<Done> {
    await this.knowledge.delete(query);
    return { done: true };
  }

  @OnRequest(restoreKnowledge)
  restore(query: SetKnowledgeDeleted): Promise<KnowledgeView> {
    return this.knowledge.restore(query);
  }

  @OnRequest(importKnowledge)
  import(query: ImportKnowledge): Promise<KnowledgeImportReport> {
    return this.knowledge.import(query);
  }

  @OnRequest(getKnowledge)
  get({ id }: ById): Promise<KnowledgeView> {
    return this.reader.get(id);
  }

  @OnRequest(listKnowledge)
  list(query: ListKnowledge): Promise<KnowledgePage> {
    return this.reader.list(query);
  }

  @OnRequest(listKnowledgeVersions)
  versions(query: ListKnowledgeVersions): Promise<KnowledgeVersionPage> {
    return this.reader.versions(query);
  }

  @OnRequest(getKnowledgeVersion)
  version(query: GetKnowledgeVersion): Promise<KnowledgeVersionText> {
    return this.reader.version(query);
  }

  @OnRequest(searchKnowledge)
  async search({ q, cluster, limit }: SearchKnowledge): Promise<KnowledgeFindings> {
    return { items: await this.finder.search({ text: q, cluster, limit: limit ?? DEFAULT_FOUND }) };
  }
}
