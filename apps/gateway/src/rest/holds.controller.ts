import {
  ClusterRollbackInput,
  confirmRemoval,
  holdCluster,
  HoldInput,
  HoldPage,
  HoldView,
  listHolds,
  PageQuery,
  releaseCluster,
  ReleaseQuery,
  RemovalConfirmation,
  rollBack,
  RolloutView,
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

/** What people decide about the configuration of one cluster, over REST; the config service owns it. */
@Controller('api/v1')
export class HoldsController {
  constructor(private readonly bus: Bus) {}

  @Get('holds')
  @RequireRole('viewer')
  @Operation({
    summary: 'List configurations that are held: what they are served stays, whatever is wanted',
    query: PageQuery,
    response: HoldPage,
  })
  list(@QueryParams(PageQuery) query: PageQuery): Promise<HoldPage> {
    return this.bus.request(listHolds, query);
  }

  @Put('clusters/:id/hold')
  @RequireRole('operator')
  @Operation({
    summary: "Hold a cluster's configuration at what it is served now",
    body: HoldInput,
    response: HoldView,
  })
  hold(
    @Param('id') id: string,
    @JsonBody(HoldInput) input: HoldInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<HoldView> {
    return this.bus.request(holdCluster, { ...input, cluster_id: id, actor: actorOf(principal) });
  }

  @Delete('clusters/:id/hold')
  @HttpCode(204)
  @RequireRole('operator')
  @Operation({
    summary: 'Release it: it follows what is wanted again, at once; a rollout that held it goes on without it',
    query: ReleaseQuery,
    status: 204,
  })
  async release(
    @Param('id') id: string,
    @QueryParams(ReleaseQuery) query: ReleaseQuery,
    @CurrentPrincipal() principal: Principal,
  ): Promise<void> {
    await this.bus.request(releaseCluster, { ...query, cluster_id: id, actor: actorOf(principal) });
  }

  @Post('clusters/:id/rollback')
  @RequireRole('operator')
  @Operation({
    summary: 'Take a cluster back to what was proven live before, or to the revision given; it stays held there',
    body: ClusterRollbackInput,
    status: 201,
    response: RolloutView,
  })
  rollBack(
    @Param('id') id: string,
    @JsonBody(ClusterRollbackInput) input: ClusterRollbackInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<RolloutView> {
    return this.bus.request(rollBack, { rollback: { ...input, targets: [id] }, actor: actorOf(principal) });
  }

  @Post('clusters/:id/removal')
  @HttpCode(204)
  @RequireRole('admin')
  @Operation({
    summary:
      "Confirm, by the cluster's name, that a refused file may take its many rules away, here or at its sidecars",
    body: RemovalConfirmation,
    status: 204,
  })
  async confirmRemoval(
    @Param('id') id: string,
    @JsonBody(RemovalConfirmation) input: RemovalConfirmation,
    @CurrentPrincipal() principal: Principal,
  ): Promise<void> {
    await this.bus.request(confirmRemoval, { ...input, cluster_id: id, actor: actorOf(principal) });
  }
}
