import { Module } from '@nestjs/common';
import { BacktestsModule } from './backtests/backtests.module';
import { ApprovalsModule } from './approvals/approvals.module';
import { DistributionsModule } from './distributions/distributions.module';
import { HealthModule } from './health/health.module';
import { RuleExportsModule } from './exports/rule-exports.module';
import { RuleImportsModule } from './imports/rule-imports.module';
import { RuleBatchesModule } from './rule-batches/rule-batches.module';
import { RuleGroupsModule } from './rule-groups/rule-groups.module';
import { PacksModule } from './packs/packs.module';
import { RuleTestsModule } from './rule-tests/rule-tests.module';
import { RulesModule } from './rules/rules.module';
import { RuleValidationModule } from './validation/rule-validation.module';
import { TemplatesModule } from './templates/templates.module';
import { VersionsModule } from './versions/versions.module';

@Module({
  imports: [
    RulesModule,
    RuleGroupsModule,
    RuleBatchesModule,
    VersionsModule,
    ApprovalsModule,
    DistributionsModule,
    HealthModule,
    TemplatesModule,
    PacksModule,
    BacktestsModule,
    RuleTestsModule,
    RuleImportsModule,
    RuleExportsModule,
    RuleValidationModule,
  ],
})
export class AppModule {}
