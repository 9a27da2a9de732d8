import { Module } from '@nestjs/common';
import { DistributionsModule } from './distributions/distributions.module';
import { RuleBatchesModule } from './rule-batches/rule-batches.module';
import { RuleGroupsModule } from './rule-groups/rule-groups.module';
import { RulesModule } from './rules/rules.module';
import { RuleValidationModule } from './validation/rule-validation.module';

@Module({
  imports: [RulesModule, RuleGroupsModule, RuleBatchesModule, DistributionsModule, RuleValidationModule],
})
export class AppModule {}
