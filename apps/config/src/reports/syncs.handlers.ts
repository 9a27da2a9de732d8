import {
  getClusterSync,
  listSyncHistory,
  ServiceError,
  type ClusterSync,
  type GetClusterSync,
  type ListSyncHistory,
  type SyncHistoryPage,
} from '@alertagent/contracts';
import { OnRequest } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { ClusterSyncs } from './cluster-syncs';
import { MemberChangesStore } from './member-changes.store';

/** Answers how far the members of a cluster are with what they are served. */
@Controller()
export class SyncsHandlers {
  constructor(
    private readonly syncs: ClusterSyncs,
    private readonly changes: MemberChangesStore,
  ) {}

  @OnRequest(getClusterSync)
  get({ cluster_id }: GetClusterSync): Promise<ClusterSync> {
    return this.syncs.of(cluster_id);
  }

  @OnRequest(listSyncHistory)
  history({ cluster_id, type, member, cursor, limit }: ListSyncHistory): Promise<SyncHistoryPage> {
    if (cursor && !/^[0-9a-f-]{36}$/.test(cursor)) throw new ServiceError('invalid', 'unknown cursor');
    return this.changes.list({ clusterId: cluster_id, type, member, before: cursor, limit });
  }
}
