import {
  ServiceError,
  type InstalledRulePack,
  type InstallRulePack,
  type PreviewRulePack,
  type RulePackDetail,
  type RulePackFile,
  type RulePackList,
  type RulePackView,
  type RuleParameters,
  type RuleTemplateInput,
  type TemplateImpact,
  type TemplateInstanceView,
  type TemplatePreview,
  type TemplateUpgrade,
  type UninstallRulePack,
  type UpgradeRulePack,
} from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { desiredRules } from '../templates/desired-rules';
import { InstancesService } from '../templates/instances.service';
import { documentOf, PACK_PREFIX, refuse } from '../templates/template-content';
import { previewOf } from '../templates/template-reader';
import { TemplatesService } from '../templates/templates.service';
import { TemplateImpacts } from '../templates/template-impacts';
import { TemplateUpgrades } from '../templates/template-upgrades';
import type { StoredTemplate } from '../templates/stored-template';
import { InstalledPacks } from './installed-packs';
import { PackCatalogue } from './pack-catalogue';

/** Packs are templates that come with the program: installing one makes the template and an instance of it. */
@Injectable()
export class PacksService {
  constructor(
    private readonly catalogue: PackCatalogue,
    private readonly installed: InstalledPacks,
    private readonly templates: TemplatesService,
    private readonly instances: InstancesService,
    private readonly impacts: TemplateImpacts,
    private readonly upgrades: TemplateUpgrades,
  ) {}

  async list(): Promise<RulePackList> {
    const installed = await this.installed.byPack();
    return { items: this.catalogue.all().map((pack) => packView(pack, installed.get(pack.name) ?? null)) };
  }

  /** Errors: `not_found`. */
  async get(name: string): Promise<RulePackDetail> {
    const pack = this.catalogue.get(name);
    const installed = (await this.installed.byPack()).get(name) ?? null;
    return { ...packView(pack, installed), groups: pack.groups };
  }

  /** Errors: `not_found`. */
  preview({ pack, parameters }: PreviewRulePack): TemplatePreview {
    return previewOf(documentOf(this.catalogue.get(pack)), parameters ?? {});
  }

  /** Errors: `not_found`; `invalid` with pointers into the instance; `conflict` when it is installed. */
  async install({ pack: name, instance, actor }: InstallRulePack): Promise<TemplateInstanceView> {
    const pack = this.catalogue.get(name);
    const known = await this.installed.template(name);
    if (known && (await this.installed.instances(known.id)) > 0)
      throw new ServiceError(
        'conflict',
        'the pack is installed; more instances are made of its template, /rule-templates',
      );
    const terms = {
      ...instance,
      namespace: instance.namespace ?? '',
      parameters: { ...instance.parameters } as RuleParameters,
    };
    refuse(
      desiredRules(documentOf(pack), { ...terms, overrides: instance.overrides ?? [], owner: instance.owner ?? null })
        .problems,
    );
    const origin = { pack: name, version: pack.version };
    const template = known
      ? await this.templates.update({ id: known.id, template: templateInput(pack), actor }, origin)
      : await this.templates.create({ template: templateInput(pack), actor }, origin);
    return this.instances.create({
      template_id: template.id,
      instance: { ...instance, template_version: null },
      actor,
    });
  }

  /** What the version that comes with this program would change. Errors: `not_found`. */
  async upgradeImpact(name: string): Promise<TemplateImpact> {
    const pack = this.catalogue.get(name);
    return this.impacts.impact({ id: (await this.known(name)).id, template: templateInput(pack) });
  }

  /** Errors: `not_found`. */
  async upgrade({ pack: name, overwrite_local_changes, actor }: UpgradeRulePack): Promise<TemplateUpgrade> {
    const pack = this.catalogue.get(name);
    const { id } = await this.known(name);
    await this.templates.update({ id, template: templateInput(pack), actor }, { pack: name, version: pack.version });
    return this.upgrades.upgrade({ id, overwrite_local_changes, actor });
  }

  /** Errors: `not_found`; `conflict` when nothing was said about its rules. */
  async uninstall({ pack, instances, actor }: UninstallRulePack): Promise<void> {
    await this.templates.delete({ id: (await this.known(pack)).id, instances, actor }, { pack });
  }

  private async known(name: string): Promise<StoredTemplate> {
    const template = await this.installed.template(name);
    if (!template) throw new ServiceError('not_found', 'the pack is not installed');
    return template;
  }
}

const templateInput = ({ name, title, description, parameters, groups, version }: RulePackFile): RuleTemplateInput => ({
  name: `${PACK_PREFIX}${name}`,
  title,
  description,
  parameters,
  groups,
  reason: `version ${version} of the pack`,
});

function packView(pack: RulePackFile, known: { template: StoredTemplate; instances: number } | null): RulePackView {
  const installed: InstalledRulePack | null = known && {
    template_id: known.template.id,
    version: known.template.packVersion ?? '',
    upgrade_available: known.template.packVersion !== pack.version,
    instances: known.instances,
    installed_at: known.template.createdAt.toISOString(),
    updated_at: known.template.updatedAt.toISOString(),
  };
  return {
    name: pack.name,
    version: pack.version,
    title: pack.title ?? pack.name,
    description: pack.description ?? '',
    requires: pack.requires,
    rules: pack.groups.reduce((sum, { rules }) => sum + rules.length, 0),
    parameters: pack.parameters,
    installed,
  };
}
