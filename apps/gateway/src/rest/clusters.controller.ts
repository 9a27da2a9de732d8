import {
  ClusterHealthPage,
  ClusterInput,
  ClusterPage,
  ClusterTokenInput,
  ClusterTokenList,
  ClusterView,
  getCluster,
  HealthHistoryPage,
  HealthHistoryQuery,
  IssuedClusterToken,
  issueClusterToken,
  ListClusterHealth,
  ListClusters,
  listClusterHealth,
  listClusters,
  listClusterTokens,
  listHealthHistory,
  listRevisions,
  PageQuery,
  registerCluster,
  RegisteredCluster,
  retireCluster,
  RetireOptions,
  revokeClusterToken,
  RevisionPage,
  updateCluster,
} from '@alertagent/contracts';
import {
  actorOf,
  Bus,
  CurrentPrincipal,
  JsonBody,
  QueryParams,
  RequireRole,
  type Principal,
} from '@alertagent/service-kit';
import { Controller, Delete, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { Operation } from '../openapi/operation.decorator';
import { IfMatch, refusedByIfMatch, VersionTags } from './if-match';

/** Clusters, their tokens, health and revisions over REST; the clusters and config services own them. */
@Controller('api/v1/clusters')
@VersionTags()
export class ClustersController {
  constructor(private readonly bus: Bus) {}

  @Post()
  @RequireRole('admin')
  @Operation({
    summary: 'Register a cluster; its webhook and sync tokens are shown once',
    body: ClusterInput,
    status: 201,
    response: RegisteredCluster,
  })
  register(
    @JsonBody(ClusterInput) cluster: ClusterInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<RegisteredCluster> {
    return this.bus.request(registerCluster, { cluster, actor: actorOf(principal) });
  }

  @Get()
  @RequireRole('viewer')
  @Operation({ summary: 'List clusters', query: ListClusters, response: ClusterPage })
  list(@QueryParams(ListClusters) query: ListClusters): Promise<ClusterPage> {
    return this.bus.request(listClusters, query);
  }

  @Get('health')
  @RequireRole('viewer')
  @Operation({
    summary: 'Health of clusters and their members, from what their sidecars report and from checks of their addresses',
    query: ListClusterHealth,
    response: ClusterHealthPage,
  })
  health(@QueryParams(ListClusterHealth) query: ListClusterHealth): Promise<ClusterHealthPage> {
    return this.bus.request(listClusterHealth, query);
  }

  @Get(':id/health/history')
  @RequireRole('viewer')
  @Operation({
    summary: 'How a cluster and its members were, change by change, newest first; kept for 90 days',
    query: HealthHistoryQuery,
    response: HealthHistoryPage,
  })
  healthHistory(
    @Param('id') id: string,
    @QueryParams(HealthHistoryQuery) query: HealthHistoryQuery,
  ): Promise<HealthHistoryPage> {
    return this.bus.request(listHealthHistory, { ...query, cluster_id: id });
  }

  @Get(':id')
  @RequireRole('viewer')
  @Operation({ summary: 'Show a cluster by id or name, a retired one by id', response: ClusterView })
  get(@Param('id') id: string): Promise<ClusterView> {
    return this.bus.request(getCluster, { id });
  }

  @Put(':id')
  @RequireRole('admin')
  @Operation({
    summary: 'Change a cluster; rules with label selectors follow',
    body: ClusterInput,
    response: ClusterView,
  })
  update(
    @Param('id') id: string,
    @JsonBody(ClusterInput) cluster: ClusterInput,
    @IfMatch() expected: number | null,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ClusterView> {
    return refusedByIfMatch(
      expected,
      this.bus.request(updateCluster, { id, cluster, expected_version: expected, actor: actorOf(principal) }),
    );
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireRole('admin')
  @Operation({
    summary: 'Retire a cluster for good: its tokens stop working',
    description:
      'With `rules=keep` at once; its sidecars keep their last files. With `rules=withdraw` it is `retiring` until every member that is not silent has shown that the rules are gone. `rules=keep` ends such a wait.',
    query: RetireOptions,
    status: 204,
  })
  async retire(
    @Param('id') id: string,
    @QueryParams(RetireOptions) options: RetireOptions,
    @CurrentPrincipal() principal: Principal,
  ): Promise<void> {
    await this.bus.request(retireCluster, { ...options, id, actor: actorOf(principal) });
  }

  @Get(':id/tokens')
  @RequireRole('admin')
  @Operation({ summary: "List a cluster's machine tokens, without their text", response: ClusterTokenList })
  tokens(@Param('id') id: string): Promise<ClusterTokenList> {
    return this.bus.request(listClusterTokens, { id });
  }

  @Post(':id/tokens')
  @RequireRole('admin')
  @Operation({
    summary: 'Issue one more machine token, e.g. to rotate',
    body: ClusterTokenInput,
    status: 201,
    response: IssuedClusterToken,
  })
  issueToken(
    @Param('id') id: string,
    @JsonBody(ClusterTokenInput) input: ClusterTokenInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<IssuedClusterToken> {
    return this.bus.request(issueClusterToken, { ...input, cluster_id: id, actor: actorOf(principal) });
  }

  @Delete(':id/tokens/:tokenId')
  @HttpCode(204)
  @RequireRole('admin')
  @Operation({ summary: 'Revoke a machine token', status: 204 })
  async revokeToken(
    @Param('id') id: string,
    @Param('tokenId') tokenId: string,
    @CurrentPrincipal() principal: Principal,
  ): Promise<void> {
    await this.bus.request(revokeClusterToken, { cluster_id: id, token_id: tokenId, actor: actorOf(principal) });
  }

  @Get(':id/revisions')
  @RequireRole('viewer')
  @Operation({
    summary: 'Rendered configurations of a cluster, newest first',
    query: PageQuery,
    response: RevisionPage,
  })
  async revisions(@Param('id') id: string, @QueryParams(PageQuery) query: PageQuery): Promise<RevisionPage> {
    const cluster = await this.bus.request(getCluster, { id });
    return this.bus.request(listRevisions, { ...query, cluster_id: cluster.id });
  }
}
