import { Module } from '@nestjs/common';
import { ApprovalsModule } from './approvals/approvals.module';
import { DistributionsModule } from './distributions/distributions.module';
import { HealthModule } from './health/health.module';
import { RuleBatchesModule } from './rule-batches/rule-batches.module';
import { RuleGroupsModule } from './rule-groups/rule-groups.module';
import { PacksModule } from './packs/packs.module';
import { RulesModule } from './rules/rules.module';
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
  ],
})
export class AppModule {}
