import {
  changeSilence,
  createSilence,
  expireSilence,
  FoundSilence,
  getSilence,
  listSilences,
  MergedSilencesQuery,
  mergeSilences,
  SilenceInput,
  SilencePage,
  SilencesQuery,
  SilenceWritten,
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
import { Controller, Delete, Get, Param, Post, Put } from '@nestjs/common';
import { Operation } from '../openapi/operation.decorator';
import { IdempotencyKey } from './idempotency-key';

/** Silences in the Alertmanagers of clusters; the clusters service writes them. What AlertAgent itself hides are suppressions. */
@Controller('api/v1')
export class SilencesController {
  constructor(private readonly bus: Bus) {}

  @Get('clusters/:id/silences')
  @RequireRole('viewer')
  @Operation({
    summary: 'Silences of a cluster',
    description:
      'One member is asked, a healthy one first; `unanswered` names those that were asked before it in vain.',
    query: SilencesQuery,
    response: SilencePage,
  })
  list(@Param('id') id: string, @QueryParams(SilencesQuery) query: SilencesQuery): Promise<SilencePage> {
    return this.bus.request(listSilences, { ...query, id });
  }

  @Post('clusters/:id/silences')
  @RequireRole('operator')
  @Operation({
    summary: 'Create a silence, once in each mesh of the cluster’s Alertmanagers',
    description:
      'With an Idempotency-Key it may be repeated until it succeeds, and there is one silence. Without one, a repetition after 503 or 504 may make a second.',
    body: SilenceInput,
    status: 201,
    response: SilenceWritten,
  })
  create(
    @Param('id') id: string,
    @JsonBody(SilenceInput) silence: SilenceInput,
    @IdempotencyKey() key: string,
    @CurrentPrincipal() principal: Principal,
  ): Promise<SilenceWritten> {
    return this.bus.request(createSilence, { id, silence, idempotency_key: key, actor: actorOf(principal) });
  }

  @Get('clusters/:id/silences/:silenceId')
  @RequireRole('viewer')
  @Operation({ summary: 'Show a silence by any of its ids', response: FoundSilence })
  get(@Param('id') id: string, @Param('silenceId') silenceId: string): Promise<FoundSilence> {
    return this.bus.request(getSilence, { id, silence_id: silenceId });
  }

  @Put('clusters/:id/silences/:silenceId')
  @RequireRole('operator')
  @Operation({
    summary: 'Change a silence',
    description: 'With other matchers or another start it gets another id, as in Alertmanager.',
    body: SilenceInput,
    response: SilenceWritten,
  })
  change(
    @Param('id') id: string,
    @Param('silenceId') silenceId: string,
    @JsonBody(SilenceInput) silence: SilenceInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<SilenceWritten> {
    return this.bus.request(changeSilence, { id, silence_id: silenceId, silence, actor: actorOf(principal) });
  }

  @Delete('clusters/:id/silences/:silenceId')
  @RequireRole('operator')
  @Operation({ summary: 'End a silence now, in each mesh', response: SilenceWritten })
  expire(
    @Param('id') id: string,
    @Param('silenceId') silenceId: string,
    @CurrentPrincipal() principal: Principal,
  ): Promise<SilenceWritten> {
    return this.bus.request(expireSilence, { id, silence_id: silenceId, actor: actorOf(principal) });
  }

  @Get('alertmanagers/silences')
  @RequireRole('viewer')
  @Operation({
    summary: 'Silences of all clusters, each once',
    description: 'All members are asked. `unanswered` names those that did not answer.',
    query: MergedSilencesQuery,
    response: SilencePage,
  })
  all(@QueryParams(MergedSilencesQuery) query: MergedSilencesQuery): Promise<SilencePage> {
    return this.bus.request(mergeSilences, query);
  }
}
