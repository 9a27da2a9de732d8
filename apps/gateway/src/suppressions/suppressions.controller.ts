import { PageQuery } from '@alertagent/contracts';
import { actorOf, CurrentPrincipal, JsonBody, QueryParams, RequireRole, type Principal } from '@alertagent/service-kit';
import { Controller, Delete, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { AlertPage } from '../alerts/alert.dto';
import { Operation } from '../openapi/operation.decorator';
import { IfMatch, refusedByIfMatch, VersionTags } from '../rest/if-match';
import { NoiseFinder } from './noise-finder';
import { PreviewInput, PreviewView } from './preview.dto';
import { SuppressionQueries } from './suppression-queries';
import {
  ListSuppressions,
  NoiseSuggestions,
  SuppressionDetail,
  SuppressionInput,
  SuppressionPage,
  SuppressionView,
} from './suppression.dto';
import { SuppressionTrial } from './suppression-trial';
import { Suppressions } from './suppressions';

/** What keeps alerts from opening incidents: maintenance, conditions, inhibitions, dependencies, rate caps and known noise. */
@Controller('api/v1/suppressions')
@VersionTags()
export class SuppressionsController {
  constructor(
    private readonly suppressions: Suppressions,
    private readonly queries: SuppressionQueries,
    private readonly trial: SuppressionTrial,
    private readonly noise: NoiseFinder,
  ) {}

  @Get()
  @RequireRole('viewer')
  @Operation({ summary: 'List suppressions, newest first', query: ListSuppressions, response: SuppressionPage })
  list(@QueryParams(ListSuppressions) query: ListSuppressions): Promise<SuppressionPage> {
    return this.queries.list(query);
  }

  @Post()
  @RequireRole('operator')
  @Operation({
    summary: 'Create a suppression; it counts for the next alert',
    description:
      'Alerts are judged by when they started, or while they fire. Resolved alerts always pass. What is hidden and outlives the suppression opens an incident then.',
    body: SuppressionInput,
    status: 201,
    response: SuppressionView,
  })
  create(
    @JsonBody(SuppressionInput) input: SuppressionInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<SuppressionView> {
    return this.suppressions.create(input, actorOf(principal));
  }

  @Post('preview')
  @HttpCode(200)
  @RequireRole('viewer')
  @Operation({
    summary: 'Try a suppression on the alerts of the last days: what it would have hidden, and how many critical ones',
    body: PreviewInput,
    response: PreviewView,
  })
  preview(@JsonBody(PreviewInput) input: PreviewInput): Promise<PreviewView> {
    return this.trial.run(input);
  }

  @Get('suggestions')
  @RequireRole('viewer')
  @Operation({
    summary: 'Alerts that come and go by themselves most often, as drafts of noise suppressions',
    response: NoiseSuggestions,
  })
  suggestions(): Promise<NoiseSuggestions> {
    return this.noise.suggest();
  }

  @Get(':id')
  @RequireRole('viewer')
  @Operation({
    summary: 'Show a suppression and how much it hides; its ETag is its version',
    response: SuppressionDetail,
  })
  get(@Param('id') id: string): Promise<SuppressionDetail> {
    return this.queries.get(id);
  }

  @Put(':id')
  @RequireRole('operator')
  @Operation({
    summary: 'Change a suppression; with If-Match only if nobody else did meanwhile',
    body: SuppressionInput,
    response: SuppressionView,
  })
  change(
    @Param('id') id: string,
    @JsonBody(SuppressionInput) input: SuppressionInput,
    @IfMatch() expected: number | null,
    @CurrentPrincipal() principal: Principal,
  ): Promise<SuppressionView> {
    const change = this.suppressions.change(id, input, expected, actorOf(principal));
    return refusedByIfMatch(expected, change);
  }

  @Post(':id/end')
  @HttpCode(200)
  @RequireRole('operator')
  @Operation({
    summary: 'End a suppression now; what it hides and still fires opens incidents',
    response: SuppressionView,
  })
  end(
    @Param('id') id: string,
    @IfMatch() expected: number | null,
    @CurrentPrincipal() principal: Principal,
  ): Promise<SuppressionView> {
    return refusedByIfMatch(expected, this.suppressions.end(id, expected, actorOf(principal)));
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireRole('operator')
  @Operation({ summary: 'Delete a suppression; the alerts that it hid go on naming it', status: 204 })
  async delete(
    @Param('id') id: string,
    @IfMatch() expected: number | null,
    @CurrentPrincipal() principal: Principal,
  ): Promise<void> {
    await refusedByIfMatch(expected, this.suppressions.delete(id, expected, actorOf(principal)));
  }

  @Get(':id/hidden')
  @RequireRole('viewer')
  @Operation({
    summary: 'The alerts that a suppression hides or hid, newest first',
    query: PageQuery,
    response: AlertPage,
  })
  hidden(@Param('id') id: string, @QueryParams(PageQuery) query: PageQuery): Promise<AlertPage> {
    return this.queries.hidden(id, query);
  }
}
