import { Module } from '@nestjs/common';
import { RulesModule } from '../rules/rules.module';
import { InstanceOrders } from './instance-orders';
import { InstanceReader } from './instance-reader';
import { InstanceSettler } from './instance-settler';
import { InstancesHandlers } from './instances.handlers';
import { InstanceKit, InstancesService } from './instances.service';
import { InstancesStore } from './instances.store';
import { SettlingLoop } from './settling-loop';
import { TemplateReader } from './template-reader';
import { TemplateUpgrades, UpgradeWork } from './template-upgrades';
import { TemplatesHandlers } from './templates.handlers';
import { TemplatesService } from './templates.service';
import { TemplatesStore } from './templates.store';

@Module({
  imports: [RulesModule],
  controllers: [TemplatesHandlers, InstancesHandlers],
  providers: [
    InstanceKit,
    InstanceOrders,
    InstanceReader,
    InstanceSettler,
    InstancesService,
    InstancesStore,
    SettlingLoop,
    TemplateReader,
    TemplateUpgrades,
    TemplatesService,
    TemplatesStore,
    UpgradeWork,
  ],
  exports: [InstancesService, InstancesStore, TemplateReader, TemplatesService, TemplatesStore, TemplateUpgrades],
})
export class TemplatesModule {}
