import {
  changeRollout,
  createRollout,
  deleteRollout,
  getRollout,
  listRolloutClusters,
  listRollouts,
  ListRollouts,
  orderRollout,
  PageQuery,
  rollBack,
  RollbackInput,
  RolloutChange,
  RolloutClusterPage,
  RolloutDetail,
  RolloutInput,
  RolloutPage,
  RolloutView,
  type RolloutOrder,
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

/** Changes in waves, and the way back, over REST; the config service owns them. */
@Controller('api/v1')
@VersionTags()
export class RolloutsController {
  constructor(private readonly bus: Bus) {}

  @Post('rollouts')
  @RequireRole('operator')
  @Operation({
    summary: 'Open a rollout: its clusters are held from now on, edit the rules, then start it',
    description:
      'Waves are taken one after the other; the next one only when all of the former has the change loaded, evaluated and soaked within the gates. A violated gate stops it and takes what it reached back to what was proven live before.',
    body: RolloutInput,
    status: 201,
    response: RolloutView,
  })
  create(
    @JsonBody(RolloutInput) rollout: RolloutInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<RolloutView> {
    return this.bus.request(createRollout, { rollout, actor: actorOf(principal) });
  }

  @Post('rollbacks')
  @RequireRole('operator')
  @Operation({
    summary: 'Take one, many or all clusters back to what was proven live before; they stay held there',
    description:
      'The answer is a rollout of the kind rollback: follow it under /rollouts, with each cluster reached, pending or unreachable, and the seconds to proven live.',
    body: RollbackInput,
    status: 201,
    response: RolloutView,
  })
  rollBack(
    @JsonBody(RollbackInput) rollback: RollbackInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<RolloutView> {
    return this.bus.request(rollBack, { rollback, actor: actorOf(principal) });
  }

  @Get('rollouts')
  @RequireRole('viewer')
  @Operation({ summary: 'List rollouts and rollbacks, newest first', query: ListRollouts, response: RolloutPage })
  list(@QueryParams(ListRollouts) query: ListRollouts): Promise<RolloutPage> {
    return this.bus.request(listRollouts, query);
  }

  @Get('rollouts/:id')
  @RequireRole('viewer')
  @Operation({ summary: 'Show a rollout and how far each wave is; its ETag is its version', response: RolloutDetail })
  get(@Param('id') id: string): Promise<RolloutDetail> {
    return this.bus.request(getRollout, { id });
  }

  @Get('rollouts/:id/clusters')
  @RequireRole('viewer')
  @Operation({
    summary: 'The clusters of a rollout: reached, pending or unreachable, and how long proof took',
    query: PageQuery,
    response: RolloutClusterPage,
  })
  clusters(@Param('id') id: string, @QueryParams(PageQuery) query: PageQuery): Promise<RolloutClusterPage> {
    return this.bus.request(listRolloutClusters, { id, ...query });
  }

  @Put('rollouts/:id')
  @RequireRole('operator')
  @Operation({
    summary: 'Change name, deadline or gates of a rollout that has not ended; they count from the next look',
    body: RolloutChange,
    response: RolloutView,
  })
  change(
    @Param('id') id: string,
    @JsonBody(RolloutChange) change: RolloutChange,
    @IfMatch() expected: number | null,
    @CurrentPrincipal() principal: Principal,
  ): Promise<RolloutView> {
    const asked = { id, change, expected_version: expected, actor: actorOf(principal) };
    return refusedByIfMatch(expected, this.bus.request(changeRollout, asked));
  }

  @Post('rollouts/:id/start')
  @HttpCode(200)
  @RequireRole('operator')
  @Operation({
    summary: 'Render and check what each cluster gets, then begin with the first wave',
    response: RolloutView,
  })
  start(@Param('id') id: string, @CurrentPrincipal() principal: Principal): Promise<RolloutView> {
    return this.order(id, 'start', principal);
  }

  @Post('rollouts/:id/pause')
  @HttpCode(200)
  @RequireRole('operator')
  @Operation({ summary: 'Send nothing more; gates still stop it', response: RolloutView })
  pause(@Param('id') id: string, @CurrentPrincipal() principal: Principal): Promise<RolloutView> {
    return this.order(id, 'pause', principal);
  }

  @Post('rollouts/:id/resume')
  @HttpCode(200)
  @RequireRole('operator')
  @Operation({ summary: 'Go on; deadlines begin anew', response: RolloutView })
  resume(@Param('id') id: string, @CurrentPrincipal() principal: Principal): Promise<RolloutView> {
    return this.order(id, 'resume', principal);
  }

  @Post('rollouts/:id/abort')
  @HttpCode(200)
  @RequireRole('operator')
  @Operation({
    summary: 'End it: what it reached goes back, and everything stays held until released',
    response: RolloutView,
  })
  abort(@Param('id') id: string, @CurrentPrincipal() principal: Principal): Promise<RolloutView> {
    return this.order(id, 'abort', principal);
  }

  @Post('rollouts/:id/release')
  @HttpCode(200)
  @RequireRole('operator')
  @Operation({ summary: 'Let its clusters follow what is wanted again, at once', response: RolloutView })
  release(@Param('id') id: string, @CurrentPrincipal() principal: Principal): Promise<RolloutView> {
    return this.order(id, 'release', principal);
  }

  @Delete('rollouts/:id')
  @HttpCode(204)
  @RequireRole('operator')
  @Operation({ summary: 'Delete a rollout that has ended and holds nothing', status: 204 })
  async delete(@Param('id') id: string, @CurrentPrincipal() principal: Principal): Promise<void> {
    await this.bus.request(deleteRollout, { id, actor: actorOf(principal) });
  }

  private order(id: string, order: RolloutOrder, principal: Principal): Promise<RolloutView> {
    return this.bus.request(orderRollout, { id, order, actor: actorOf(principal) });
  }
}
