import {
  DeadLetterPage,
  deleteDeadLetter,
  deleteDeadLetters,
  DeletedDeadLetters,
  DeleteDeadLettersQuery,
  listDeadLetters,
  ListDeadLetters,
  replayDeadLetter,
  replayDeadLetters,
  ReplayedAnalysis,
  ReplayWorkflowInput,
  WorkflowReplay,
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
import { Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { Operation } from '../openapi/operation.decorator';

/** Runs of workflows that never were: look, replay after the cause is mended, or delete. The ai service owns them. */
@Controller('api/v1/ai/dead-letters')
export class DeadLettersController {
  constructor(private readonly bus: Bus) {}

  @Get()
  @RequireRole('viewer')
  @Operation({
    summary: 'List runs of workflows that never were, newest first',
    query: ListDeadLetters,
    response: DeadLetterPage,
  })
  list(@QueryParams(ListDeadLetters) query: ListDeadLetters): Promise<DeadLetterPage> {
    return this.bus.request(listDeadLetters, query);
  }

  @Post('replay')
  @HttpCode(200)
  @RequireRole('operator')
  @Operation({
    summary: 'Replay those of a workflow, a hundred at a time; what has a result or is stale stays',
    body: ReplayWorkflowInput,
    response: WorkflowReplay,
  })
  replayAll(
    @JsonBody(ReplayWorkflowInput) input: ReplayWorkflowInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<WorkflowReplay> {
    return this.bus.request(replayDeadLetters, { ...input, actor: actorOf(principal) });
  }

  @Post(':id/replay')
  @HttpCode(202)
  @RequireRole('operator')
  @Operation({
    summary: 'Begin the analysis anew, under its own id; never one that has a result',
    status: 202,
    response: ReplayedAnalysis,
  })
  replay(@Param('id') id: string, @CurrentPrincipal() principal: Principal): Promise<ReplayedAnalysis> {
    return this.bus.request(replayDeadLetter, { id, actor: actorOf(principal) });
  }

  @Delete()
  @RequireRole('operator')
  @Operation({
    summary: 'Delete those of a workflow, or of one kind; the analyses stay as they are',
    query: DeleteDeadLettersQuery,
    response: DeletedDeadLetters,
  })
  deleteAll(
    @QueryParams(DeleteDeadLettersQuery) query: DeleteDeadLettersQuery,
    @CurrentPrincipal() principal: Principal,
  ): Promise<DeletedDeadLetters> {
    return this.bus.request(deleteDeadLetters, { ...query, actor: actorOf(principal) });
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireRole('operator')
  @Operation({ summary: 'Delete a dead letter; the analysis stays as it is', status: 204 })
  async delete(@Param('id') id: string, @CurrentPrincipal() principal: Principal): Promise<void> {
    await this.bus.request(deleteDeadLetter, { id, actor: actorOf(principal) });
  }
}
