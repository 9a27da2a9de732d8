import {
  actorOf,
  Clock,
  CurrentPrincipal,
  JsonBody,
  QueryParams,
  RequireRole,
  type Principal,
} from '@alertagent/service-kit';
import { Controller, Delete, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { Operation } from '../openapi/operation.decorator';
import { IfMatch, refusedByIfMatch, VersionTags } from '../rest/if-match';
import {
  AlertSourceInput,
  AlertSourcePage,
  AlertSourcePreview,
  AlertSourcePreviewInput,
  AlertSourceView,
  ListAlertSources,
} from './alert-source.dto';
import { AlertSources } from './alert-sources';
import { previewSource } from './source-preview';

/** Alert sources over REST. Their messages come to `POST alerts/sources/{id}`, which is registered beside the webhook. */
@Controller('api/v1/alerts/sources')
@VersionTags()
export class AlertSourcesController {
  constructor(
    private readonly sources: AlertSources,
    private readonly clock: Clock,
  ) {}

  @Get()
  @RequireRole('viewer')
  @Operation({ summary: 'List alert sources, newest first', query: ListAlertSources, response: AlertSourcePage })
  list(@QueryParams(ListAlertSources) query: ListAlertSources): Promise<AlertSourcePage> {
    return this.sources.list(query);
  }

  @Post()
  @HttpCode(201)
  @RequireRole('operator')
  @Operation({
    summary: 'Create an alert source: a system that sends alerts in a form of its own',
    body: AlertSourceInput,
    status: 201,
    response: AlertSourceView,
  })
  create(
    @JsonBody(AlertSourceInput) input: AlertSourceInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<AlertSourceView> {
    return this.sources.create(input, actorOf(principal));
  }

  @Post('preview')
  @HttpCode(200)
  @RequireRole('operator')
  @Operation({
    summary: 'Show which alerts a message would give by a mapping, and what is wrong with either; stores nothing',
    body: AlertSourcePreviewInput,
    response: AlertSourcePreview,
  })
  preview(@JsonBody(AlertSourcePreviewInput) input: AlertSourcePreviewInput): AlertSourcePreview {
    return previewSource(input, this.clock.now().getTime());
  }

  @Get(':id')
  @RequireRole('viewer')
  @Operation({ summary: 'Show an alert source', response: AlertSourceView })
  get(@Param('id') id: string): Promise<AlertSourceView> {
    return this.sources.get(id);
  }

  @Put(':id')
  @RequireRole('operator')
  @Operation({
    summary: 'Change an alert source; webhooks stored before keep the mapping of their time',
    body: AlertSourceInput,
    response: AlertSourceView,
  })
  change(
    @Param('id') id: string,
    @JsonBody(AlertSourceInput) input: AlertSourceInput,
    @IfMatch() expected: number | null,
    @CurrentPrincipal() principal: Principal,
  ): Promise<AlertSourceView> {
    return refusedByIfMatch(expected, this.sources.change(id, input, expected, actorOf(principal)));
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireRole('operator')
  @Operation({ summary: 'Delete an alert source; what it sent is still processed', status: 204 })
  delete(@Param('id') id: string, @CurrentPrincipal() principal: Principal): Promise<void> {
    return this.sources.delete(id, actorOf(principal));
  }
}
