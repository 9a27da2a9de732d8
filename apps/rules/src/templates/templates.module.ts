import { Module } from '@nestjs/common';
import { RulesModule } from '../rules/rules.module';
import { CurrentRules } from './current-rules';
import { InstanceOrders } from './instance-orders';
import { InstanceReader } from './instance-reader';
import { InstanceSettler } from './instance-settler';
import { InstancesHandlers } from './instances.handlers';
import { InstancesService } from './instances.service';
import { InstancesStore } from './instances.store';
import { SettlingLoop } from './settling-loop';
import { TemplateReader } from './template-reader';
import { TemplateImpacts } from './template-impacts';
import { TemplateUpgrades } from './template-upgrades';
import { TemplatesHandlers } from './templates.handlers';
import { TemplatesService } from './templates.service';
import { TemplatesStore } from './templates.store';

@Module({
  imports: [RulesModule],
  controllers: [TemplatesHandlers, InstancesHandlers],
  providers: [
    CurrentRules,
    InstanceOrders,
    InstanceReader,
    InstanceSettler,
    InstancesService,
    InstancesStore,
    SettlingLoop,
    TemplateReader,
    TemplateImpacts,
    TemplateUpgrades,
    TemplatesService,
    TemplatesStore,
  ],
  exports: [
    InstancesService,
    InstancesStore,
    TemplateReader,
    TemplatesService,
    TemplatesStore,
    TemplateImpacts,
    TemplateUpgrades,
  ],
})
export class TemplatesModule {}
