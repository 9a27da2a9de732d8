import {
  DeleteLinkedQuery,
  getRulePack,
  getRulePackUpgrade,
  installRulePack,
  listRulePacks,
  previewRulePack,
  RulePackDetail,
  RulePackInstallInput,
  RulePackList,
  RulePackUpgradeInput,
  TemplateImpact,
  TemplateInstanceView,
  TemplatePreview,
  TemplatePreviewInput,
  TemplateUpgrade,
  uninstallRulePack,
  upgradeRulePack,
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

/** The packs of rules that come with AlertAgent, over REST; the rules service owns them. */
@Controller('api/v1/rule-packs')
export class RulePacksController {
  constructor(private readonly bus: Bus) {}

  @Get()
  @RequireRole('viewer')
  @Operation({ summary: 'List the packs there are, and which are installed', response: RulePackList })
  list(): Promise<RulePackList> {
    return this.bus.request(listRulePacks, {});
  }

  @Get(':name')
  @RequireRole('viewer')
  @Operation({ summary: 'Show a pack with its rules and parameters', response: RulePackDetail })
  get(@Param('name') name: string): Promise<RulePackDetail> {
    return this.bus.request(getRulePack, { name });
  }

  @Post(':name/preview')
  @HttpCode(200)
  @RequireRole('viewer')
  @Operation({
    summary: 'Show the rules that a pack makes with these values; changes nothing',
    body: TemplatePreviewInput,
    response: TemplatePreview,
  })
  preview(
    @Param('name') pack: string,
    @JsonBody(TemplatePreviewInput) { parameters }: TemplatePreviewInput,
  ): Promise<TemplatePreview> {
    return this.bus.request(previewRulePack, { pack, parameters });
  }

  @Post(':name/install')
  @RequireRole('operator')
  @Operation({
    summary: 'Make the rules of a pack and distribute them to targets',
    body: RulePackInstallInput,
    status: 201,
    response: TemplateInstanceView,
  })
  install(
    @Param('name') pack: string,
    @JsonBody(RulePackInstallInput) input: RulePackInstallInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<TemplateInstanceView> {
    const instance = { ...input, name: input.name ?? pack };
    return this.bus.request(installRulePack, { pack, instance, actor: actorOf(principal) });
  }

  @Get(':name/upgrade')
  @RequireRole('viewer')
  @Operation({ summary: 'Show what an upgrade would change; changes nothing', response: TemplateImpact })
  upgradeImpact(@Param('name') name: string): Promise<TemplateImpact> {
    return this.bus.request(getRulePackUpgrade, { name });
  }

  @Post(':name/upgrade')
  @HttpCode(200)
  @RequireRole('operator')
  @Operation({
    summary: 'Bring an installed pack to the version that comes with this AlertAgent; what was changed by hand stays',
    body: RulePackUpgradeInput,
    response: TemplateUpgrade,
  })
  upgrade(
    @Param('name') pack: string,
    @JsonBody(RulePackUpgradeInput) input: RulePackUpgradeInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<TemplateUpgrade> {
    return this.bus.request(upgradeRulePack, { ...input, pack, actor: actorOf(principal) });
  }

  @Delete(':name')
  @HttpCode(204)
  @RequireRole('operator')
  @Operation({
    summary: 'Uninstall a pack; it must be said whether its rules are deleted or kept without it',
    query: DeleteLinkedQuery,
    status: 204,
  })
  async uninstall(
    @Param('name') pack: string,
    @QueryParams(DeleteLinkedQuery) { instances }: DeleteLinkedQuery,
    @CurrentPrincipal() principal: Principal,
  ): Promise<void> {
    await this.bus.request(uninstallRulePack, { pack, instances, actor: actorOf(principal) });
  }
}
