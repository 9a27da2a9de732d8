import {
  createRuleTemplate,
  createTemplateInstance,
  DeleteLinkedQuery,
  deleteRuleTemplate,
  getRuleTemplate,
  getRuleTemplateVersion,
  getTemplateImpact,
  ListRuleTemplates,
  listRuleTemplates,
  listRuleTemplateVersions,
  listTemplateInstances,
  PageQuery,
  previewRuleTemplate,
  RuleTemplateInput,
  RuleTemplatePage,
  RuleTemplateVersionPage,
  RuleTemplateVersionView,
  RuleTemplateView,
  TemplateImpact,
  TemplateImpactInput,
  TemplateImpactQuery,
  TemplateInstanceInput,
  TemplateInstancePage,
  TemplateInstanceView,
  TemplatePreview,
  TemplatePreviewInput,
  TemplateUpgrade,
  TemplateUpgradeInput,
  updateRuleTemplate,
  upgradeTemplateInstances,
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
import { versionNumber } from './version-number';

/** Templates of rules over REST; the rules service owns them. */
@Controller('api/v1/rule-templates')
@VersionTags()
export class RuleTemplatesController {
  constructor(private readonly bus: Bus) {}

  @Post()
  @RequireRole('operator')
  @Operation({
    summary: 'Create a template: rules with typed parameters',
    description:
      '${name} stands for a parameter. Numbers and durations stand bare in an expression, all others inside its quotes, and can never change what is around them.',
    body: RuleTemplateInput,
    status: 201,
    response: RuleTemplateView,
  })
  create(
    @JsonBody(RuleTemplateInput) template: RuleTemplateInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<RuleTemplateView> {
    return this.bus.request(createRuleTemplate, { template, actor: actorOf(principal) });
  }

  @Post('preview')
  @HttpCode(200)
  @RequireRole('viewer')
  @Operation({
    summary: 'Show the rules that a template that is not saved would make, or what is wrong with it',
    body: TemplatePreviewInput,
    response: TemplatePreview,
  })
  previewUnsaved(@JsonBody(TemplatePreviewInput) input: TemplatePreviewInput): Promise<TemplatePreview> {
    return this.bus.request(previewRuleTemplate, input);
  }

  @Get()
  @RequireRole('viewer')
  @Operation({ summary: 'List templates, newest first', query: ListRuleTemplates, response: RuleTemplatePage })
  list(@QueryParams(ListRuleTemplates) query: ListRuleTemplates): Promise<RuleTemplatePage> {
    return this.bus.request(listRuleTemplates, query);
  }

  @Get(':id')
  @RequireRole('viewer')
  @Operation({ summary: 'Show a template by id or name; its ETag is its version', response: RuleTemplateView })
  get(@Param('id') id: string): Promise<RuleTemplateView> {
    return this.bus.request(getRuleTemplate, { id });
  }

  @Put(':id')
  @RequireRole('operator')
  @Operation({
    summary: 'Change a template; its instances stay as they are until they are upgraded',
    body: RuleTemplateInput,
    response: RuleTemplateView,
  })
  update(
    @Param('id') id: string,
    @JsonBody(RuleTemplateInput) template: RuleTemplateInput,
    @IfMatch() expected: number | null,
    @CurrentPrincipal() principal: Principal,
  ): Promise<RuleTemplateView> {
    const change = { id, template, expected_version: expected, actor: actorOf(principal) };
    return refusedByIfMatch(expected, this.bus.request(updateRuleTemplate, change));
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireRole('operator')
  @Operation({
    summary: 'Delete a template; with instances only when it is said what becomes of their rules',
    query: DeleteLinkedQuery,
    status: 204,
  })
  async delete(
    @Param('id') id: string,
    @QueryParams(DeleteLinkedQuery) { instances }: DeleteLinkedQuery,
    @IfMatch() expected: number | null,
    @CurrentPrincipal() principal: Principal,
  ): Promise<void> {
    const change = { id, instances, expected_version: expected, actor: actorOf(principal) };
    await refusedByIfMatch(expected, this.bus.request(deleteRuleTemplate, change));
  }

  @Get(':id/versions')
  @RequireRole('viewer')
  @Operation({
    summary: 'All versions of a template, newest first',
    query: PageQuery,
    response: RuleTemplateVersionPage,
  })
  versions(@Param('id') id: string, @QueryParams(PageQuery) query: PageQuery): Promise<RuleTemplateVersionPage> {
    return this.bus.request(listRuleTemplateVersions, { id, ...query });
  }

  @Get(':id/versions/:version')
  @RequireRole('viewer')
  @Operation({ summary: 'Show a version of a template', response: RuleTemplateVersionView })
  version(@Param('id') id: string, @Param('version') version: string): Promise<RuleTemplateVersionView> {
    return this.bus.request(getRuleTemplateVersion, { id, version: versionNumber(version) });
  }

  @Post(':id/preview')
  @HttpCode(200)
  @RequireRole('viewer')
  @Operation({
    summary: 'Show the rules that values make; changes nothing',
    body: TemplatePreviewInput,
    response: TemplatePreview,
  })
  preview(
    @Param('id') id: string,
    @JsonBody(TemplatePreviewInput) input: TemplatePreviewInput,
  ): Promise<TemplatePreview> {
    return this.bus.request(previewRuleTemplate, { ...input, id });
  }

  @Post(':id/instances')
  @RequireRole('operator')
  @Operation({
    summary: 'Make the rules of a template with these values, and distribute them',
    description:
      'The rules stay linked: an upgrade brings them to a newer version of the template and keeps what was changed by hand.',
    body: TemplateInstanceInput,
    status: 201,
    response: TemplateInstanceView,
  })
  instantiate(
    @Param('id') id: string,
    @JsonBody(TemplateInstanceInput) instance: TemplateInstanceInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<TemplateInstanceView> {
    return this.bus.request(createTemplateInstance, { template_id: id, instance, actor: actorOf(principal) });
  }

  @Get(':id/instances')
  @RequireRole('viewer')
  @Operation({ summary: 'Where a template is used', query: PageQuery, response: TemplateInstancePage })
  instances(@Param('id') id: string, @QueryParams(PageQuery) query: PageQuery): Promise<TemplateInstancePage> {
    return this.bus.request(listTemplateInstances, { template_id: id, ...query });
  }

  @Get(':id/impact')
  @RequireRole('viewer')
  @Operation({
    summary: 'Show which instances a version would change, and how; changes nothing',
    query: TemplateImpactQuery,
    response: TemplateImpact,
  })
  impact(
    @Param('id') id: string,
    @QueryParams(TemplateImpactQuery) { version }: TemplateImpactQuery,
  ): Promise<TemplateImpact> {
    return this.bus.request(getTemplateImpact, { id, ...(version && { version: versionNumber(version) }) });
  }

  @Post(':id/impact')
  @HttpCode(200)
  @RequireRole('viewer')
  @Operation({
    summary: 'Show which instances would change if the template was changed like this; changes nothing',
    body: TemplateImpactInput,
    response: TemplateImpact,
  })
  impactOf(
    @Param('id') id: string,
    @JsonBody(TemplateImpactInput) { template }: TemplateImpactInput,
  ): Promise<TemplateImpact> {
    return this.bus.request(getTemplateImpact, { id, template });
  }

  @Post(':id/upgrade')
  @HttpCode(200)
  @RequireRole('operator')
  @Operation({
    summary: 'Bring instances to a version of the template; asked again it goes on where it ended',
    body: TemplateUpgradeInput,
    response: TemplateUpgrade,
  })
  upgrade(
    @Param('id') id: string,
    @JsonBody(TemplateUpgradeInput) input: TemplateUpgradeInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<TemplateUpgrade> {
    return this.bus.request(upgradeTemplateInstances, { ...input, id, actor: actorOf(principal) });
  }
}
