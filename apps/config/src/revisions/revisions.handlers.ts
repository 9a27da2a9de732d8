import { listRevisions, ServiceError, type ListRevisions, type RevisionPage } from '@alertagent/contracts';
import { OnRequest } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { RevisionsStore } from './revisions.store';

/** Answers what was rendered for a cluster. */
@Controller()
export class RevisionsHandlers {
  constructor(private readonly revisions: RevisionsStore) {}

  /** Newest first. The cursor is the id of the last revision of the page before. */
  @OnRequest(listRevisions)
  async list(query: ListRevisions): Promise<RevisionPage> {
    const { cluster_id, type, cursor, limit } = query;
    if (cursor && !/^[0-9a-f-]{36}$/.test(cursor)) throw new ServiceError('invalid', 'unknown cursor');
    return this.revisions.list({ clusterId: cluster_id, type, before: cursor, limit });
  }
}
