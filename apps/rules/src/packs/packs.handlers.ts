import {
  getRulePack,
  getRulePackUpgrade,
  installRulePack,
  listRulePacks,
  previewRulePack,
  uninstallRulePack,
  upgradeRulePack,
  type Done,
  type InstallRulePack,
  type PreviewRulePack,
  type RulePackDetail,
  type RulePackList,
  type RulePackRef,
  type TemplateImpact,
  type TemplateInstanceView,
  type TemplatePreview,
  type TemplateUpgrade,
  type UninstallRulePack,
  type UpgradeRulePack,
} from '@alertagent/contracts';
import { OnRequest } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { PacksService } from './packs.service';

/** What others ask of packs. */
@Controller()
export class PacksHandlers {
  constructor(private readonly packs: PacksService) {}

  @OnRequest(listRulePacks)
  list(): Promise<RulePackList> {
    return this.packs.list();
  }

  @OnRequest(getRulePack)
  get({ name }: RulePackRef): Promise<RulePackDetail> {
    return this.packs.get(name);
  }

  @OnRequest(previewRulePack)
  preview(query: PreviewRulePack): Promise<TemplatePreview> {
    return Promise.resolve(this.packs.preview(query));
  }

  @OnRequest(installRulePack)
  install(query: InstallRulePack): Promise<TemplateInstanceView> {
    return this.packs.install(query);
  }

  @OnRequest(getRulePackUpgrade)
  upgradeImpact({ name }: RulePackRef): Promise<TemplateImpact> {
    return this.packs.upgradeImpact(name);
  }

  @OnRequest(upgradeRulePack)
  upgrade(query: UpgradeRulePack): Promise<TemplateUpgrade> {
    return this.packs.upgrade(query);
  }

  @OnRequest(uninstallRulePack)
  async uninstall(query: UninstallRulePack): Promise<Done> {
    await this.packs.uninstall(query);
    return { done: true };
  }
}
