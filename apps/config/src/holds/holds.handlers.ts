import {
  confirmRemoval,
  holdCluster,
  listHolds,
  releaseCluster,
  ServiceError,
  type ConfirmRemoval,
  type Done,
  type HoldCluster,
  type HoldPage,
  type HoldView,
  type PageQuery,
  type ReleaseCluster,
} from '@alertagent/contracts';
import { OnRequest } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { HoldsService } from './holds.service';
import { NamedClusters } from './named-clusters';
import { RemovalConfirmations } from './removal-confirmations';

/** Answers what is held, and takes what people decide about it. */
@Controller()
export class HoldsHandlers {
  constructor(
    private readonly holds: HoldsService,
    private readonly removals: RemovalConfirmations,
    private readonly clusters: NamedClusters,
  ) {}

  @OnRequest(holdCluster)
  hold(query: HoldCluster): Promise<HoldView> {
    return this.holds.hold(query);
  }

  @OnRequest(releaseCluster)
  async release(query: ReleaseCluster): Promise<Done> {
    await this.holds.release(query);
    return { done: true };
  }

  @OnRequest(listHolds)
  list(query: PageQuery): Promise<HoldPage> {
    return this.holds.list(query);
  }

  /** Errors: `invalid` unless the name is repeated. */
  @OnRequest(confirmRemoval)
  async confirmRemoval({ cluster_id, cluster_name, ...query }: ConfirmRemoval): Promise<Done> {
    const cluster = await this.clusters.one(cluster_id);
    if (cluster.name !== cluster_name) {
      const detail = "expected the cluster's own name";
      const errors = [{ pointer: '/cluster_name', code: 'other_name', detail }];
      throw new ServiceError('invalid', detail, { errors });
    }
    await this.removals.confirm(cluster.id, query);
    return { done: true };
  }
}
