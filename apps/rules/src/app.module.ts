import { Module } from '@nestjs/common';
import { DistributionsModule } from './distributions/distributions.module';
import { RuleBatchesModule } from './rule-batches/rule-batches.module';
import { RuleGroupsModule } from './rule-groups/rule-groups.module';
import { PacksModule } from './packs/packs.module';
import { RulesModule } from './rules/rules.module';
import { TemplatesModule } from './templates/templates.module';

@Module({
  imports: [RulesModule, RuleGroupsModule, RuleBatchesModule, DistributionsModule, TemplatesModule, PacksModule],
})
export class AppModule {}
