import {
  AlertmanagerImportInput,
  AlertmanagerLayerDiff,
  AlertmanagerLayerInput,
  AlertmanagerLayerPage,
  AlertmanagerLayerPreview,
  AlertmanagerLayerRestoreInput,
  AlertmanagerLayerVersionPage,
  AlertmanagerLayerVersionView,
  AlertmanagerLayerView,
  createAlertmanagerLayer,
  deleteAlertmanagerLayer,
  diffAlertmanagerLayer,
  getAlertmanagerLayer,
  getAlertmanagerLayerVersion,
  importAlertmanagerLayer,
  ListAlertmanagerLayers,
  listAlertmanagerLayers,
  listAlertmanagerLayerVersions,
  PageQuery,
  PreviewAlertmanagerLayer,
  previewAlertmanagerLayer,
  restoreAlertmanagerLayer,
  updateAlertmanagerLayer,
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
import { AlertmanagerDiffQuery } from './alertmanager-diff.dto';
import { IfMatch, refusedByIfMatch, VersionTags } from './if-match';
import { versionNumber } from './version-number';

/** Layers of Alertmanager configuration over REST; the clusters service owns them. */
@Controller('api/v1/alertmanager/layers')
@VersionTags()
export class AlertmanagerLayersController {
  constructor(private readonly bus: Bus) {}

  @Post()
  @RequireRole('admin')
  @Operation({
    summary: 'Make a layer for all clusters, for those whose labels match, or for one',
    description:
      'The document has the fields of alertmanager.yml. Secrets that stand in it are taken out, kept encrypted, and answered as references.',
    body: AlertmanagerLayerInput,
    status: 201,
    response: AlertmanagerLayerView,
  })
  create(
    @JsonBody(AlertmanagerLayerInput) layer: AlertmanagerLayerInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<AlertmanagerLayerView> {
    return this.bus.request(createAlertmanagerLayer, { layer, actor: actorOf(principal) });
  }

  @Post('import')
  @RequireRole('admin')
  @Operation({
    summary: 'Take an alertmanager.yml over as a layer',
    body: AlertmanagerImportInput,
    status: 201,
    response: AlertmanagerLayerView,
  })
  import(
    @JsonBody(AlertmanagerImportInput) input: AlertmanagerImportInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<AlertmanagerLayerView> {
    return this.bus.request(importAlertmanagerLayer, { ...input, actor: actorOf(principal) });
  }

  @Post('preview')
  @HttpCode(200)
  @RequireRole('viewer')
  @Operation({
    summary: 'Show what a layer, new or in the place of another, would do to each cluster',
    body: PreviewAlertmanagerLayer,
    response: AlertmanagerLayerPreview,
  })
  preview(@JsonBody(PreviewAlertmanagerLayer) input: PreviewAlertmanagerLayer): Promise<AlertmanagerLayerPreview> {
    return this.bus.request(previewAlertmanagerLayer, input);
  }

  @Get()
  @RequireRole('viewer')
  @Operation({ summary: 'List layers', query: ListAlertmanagerLayers, response: AlertmanagerLayerPage })
  list(@QueryParams(ListAlertmanagerLayers) query: ListAlertmanagerLayers): Promise<AlertmanagerLayerPage> {
    return this.bus.request(listAlertmanagerLayers, query);
  }

  @Get(':id')
  @RequireRole('viewer')
  @Operation({ summary: 'Show a layer by id or name; its ETag is its version', response: AlertmanagerLayerView })
  get(@Param('id') id: string): Promise<AlertmanagerLayerView> {
    return this.bus.request(getAlertmanagerLayer, { id });
  }

  @Put(':id')
  @RequireRole('admin')
  @Operation({
    summary: 'Change a layer; refused when a cluster could not load its configuration any more',
    body: AlertmanagerLayerInput,
    response: AlertmanagerLayerView,
  })
  update(
    @Param('id') id: string,
    @JsonBody(AlertmanagerLayerInput) layer: AlertmanagerLayerInput,
    @IfMatch() expected: number | null,
    @CurrentPrincipal() principal: Principal,
  ): Promise<AlertmanagerLayerView> {
    const change = { id, layer, expected_version: expected, actor: actorOf(principal) };
    return refusedByIfMatch(expected, this.bus.request(updateAlertmanagerLayer, change));
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireRole('admin')
  @Operation({ summary: 'Delete a layer; refused when a cluster could not do without it', status: 204 })
  async delete(
    @Param('id') id: string,
    @IfMatch() expected: number | null,
    @CurrentPrincipal() principal: Principal,
  ): Promise<void> {
    const change = { id, expected_version: expected, actor: actorOf(principal) };
    await refusedByIfMatch(expected, this.bus.request(deleteAlertmanagerLayer, change));
  }

  @Post(':id/restore')
  @HttpCode(200)
  @RequireRole('admin')
  @Operation({
    summary: 'Make the content of an earlier version the newest one; secrets are as they are now',
    body: AlertmanagerLayerRestoreInput,
    response: AlertmanagerLayerView,
  })
  restore(
    @Param('id') id: string,
    @JsonBody(AlertmanagerLayerRestoreInput) input: AlertmanagerLayerRestoreInput,
    @IfMatch() expected: number | null,
    @CurrentPrincipal() principal: Principal,
  ): Promise<AlertmanagerLayerView> {
    const change = { ...input, id, expected_version: expected, actor: actorOf(principal) };
    return refusedByIfMatch(expected, this.bus.request(restoreAlertmanagerLayer, change));
  }

  @Get(':id/versions')
  @RequireRole('viewer')
  @Operation({
    summary: 'All versions of a layer, newest first',
    query: PageQuery,
    response: AlertmanagerLayerVersionPage,
  })
  versions(@Param('id') id: string, @QueryParams(PageQuery) query: PageQuery): Promise<AlertmanagerLayerVersionPage> {
    return this.bus.request(listAlertmanagerLayerVersions, { id, ...query });
  }

  @Get(':id/versions/:version')
  @RequireRole('viewer')
  @Operation({ summary: 'Show a version of a layer', response: AlertmanagerLayerVersionView })
  version(@Param('id') id: string, @Param('version') version: string): Promise<AlertmanagerLayerVersionView> {
    return this.bus.request(getAlertmanagerLayerVersion, { id, version: versionNumber(version) });
  }

  @Get(':id/versions/:version/diff')
  @RequireRole('viewer')
  @Operation({
    summary: 'Show how a version differs from another, or from the one before',
    query: AlertmanagerDiffQuery,
    response: AlertmanagerLayerDiff,
  })
  diff(
    @Param('id') id: string,
    @Param('version') version: string,
    @QueryParams(AlertmanagerDiffQuery) { with: other }: AlertmanagerDiffQuery,
  ): Promise<AlertmanagerLayerDiff> {
    const query = { id, version: versionNumber(version), ...(other !== undefined && { with: Number(other) }) };
    return this.bus.request(diffAlertmanagerLayer, query);
  }
}
