import {
  getCluster,
  listClusters,
  registerCluster,
  resolveTargets,
  retireCluster,
  updateCluster,
  type ById,
  type ClusterPage,
  type ClusterView,
  type Done,
  type ListClusters,
  type RegisterCluster,
  type RegisteredCluster,
  type ResolvedTargets,
  type ResolveTargets,
  type RetireCluster,
  type UpdateCluster,
} from '@alertagent/contracts';
import { OnRequest } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { Retirements } from '../retirement/retirements';
import { ClusterReader } from './cluster-reader';
import { ClustersService } from './clusters.service';

/** What others ask of the clusters. */
@Controller()
export class ClustersHandlers {
  constructor(
    private readonly clusters: ClustersService,
    private readonly reader: ClusterReader,
    private readonly retirements: Retirements,
  ) {}

  @OnRequest(registerCluster)
  register(query: RegisterCluster): Promise<RegisteredCluster> {
    return this.clusters.register(query);
  }

  @OnRequest(updateCluster)
  update(query: UpdateCluster): Promise<ClusterView> {
    return this.clusters.update(query);
  }

  @OnRequest(retireCluster)
  async retire(query: RetireCluster): Promise<Done> {
    await this.retirements.begin(query);
    return { done: true };
  }

  @OnRequest(getCluster)
  get({ id }: ById): Promise<ClusterView> {
    return this.reader.get(id);
  }

  @OnRequest(listClusters)
  list(query: ListClusters): Promise<ClusterPage> {
    return this.reader.list(query);
  }

  @OnRequest(resolveTargets)
  resolve(query: ResolveTargets): Promise<ResolvedTargets> {
    return this.reader.resolve(query);
  }
}
