import {
  createRuleTemplate,
  deleteRuleTemplate,
  getRuleTemplate,
  getRuleTemplateVersion,
  getTemplateImpact,
  listRuleTemplates,
  listRuleTemplateVersions,
  previewRuleTemplate,
  updateRuleTemplate,
  upgradeTemplateInstances,
  type CreateRuleTemplate,
  type DeleteRuleTemplate,
  type Done,
  type GetRuleTemplateVersion,
  type GetTemplateImpact,
  type ListRuleTemplates,
  type ListRuleTemplateVersions,
  type PreviewRuleTemplate,
  type RuleTemplatePage,
  type RuleTemplateVersionPage,
  type RuleTemplateVersionView,
  type RuleTemplateView,
  type TemplateImpact,
  type TemplatePreview,
  type TemplateRef,
  type TemplateUpgrade,
  type UpdateRuleTemplate,
  type UpgradeTemplateInstances,
} from '@alertagent/contracts';
import { OnRequest } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { TemplateReader } from './template-reader';
import { TemplateImpacts } from './template-impacts';
import { TemplateUpgrades } from './template-upgrades';
import { TemplatesService } from './templates.service';

/** What others ask of templates. */
@Controller()
export class TemplatesHandlers {
  constructor(
    private readonly templates: TemplatesService,
    private readonly reader: TemplateReader,
    private readonly impacts: TemplateImpacts,
    private readonly upgrades: TemplateUpgrades,
  ) {}

  @OnRequest(createRuleTemplate)
  create(query: CreateRuleTemplate): Promise<RuleTemplateView> {
    return this.templates.create(query);
  }

  @OnRequest(updateRuleTemplate)
  update(query: UpdateRuleTemplate): Promise<RuleTemplateView> {
    return this.templates.update(query);
  }

  @OnRequest(deleteRuleTemplate)
  async delete(query: DeleteRuleTemplate): Promise<Done> {
    await this.templates.delete(query);
    return { done: true };
  }

  @OnRequest(getRuleTemplate)
  get({ id }: TemplateRef): Promise<RuleTemplateView> {
    return this.reader.get(id);
  }

  @OnRequest(listRuleTemplates)
  list(query: ListRuleTemplates): Promise<RuleTemplatePage> {
    return this.reader.list(query);
  }

  @OnRequest(listRuleTemplateVersions)
  versions(query: ListRuleTemplateVersions): Promise<RuleTemplateVersionPage> {
    return this.reader.versions(query);
  }

  @OnRequest(getRuleTemplateVersion)
  version(query: GetRuleTemplateVersion): Promise<RuleTemplateVersionView> {
    return this.reader.version(query);
  }

  @OnRequest(previewRuleTemplate)
  preview(query: PreviewRuleTemplate): Promise<TemplatePreview> {
    return this.reader.preview(query);
  }

  @OnRequest(getTemplateImpact)
  impact(query: GetTemplateImpact): Promise<TemplateImpact> {
    return this.impacts.impact(query);
  }

  @OnRequest(upgradeTemplateInstances)
  upgrade(query: UpgradeTemplateInstances): Promise<TemplateUpgrade> {
    return this.upgrades.upgrade(query);
  }
}
