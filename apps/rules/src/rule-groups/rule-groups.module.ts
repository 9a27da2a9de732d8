import { Module } from '@nestjs/common';
import { KnownClustersModule } from '../clusters/known-clusters.module';
import { DistributionsModule } from '../distributions/distributions.module';
import { RuleGroupUse } from './rule-group-use';
import { RuleGroupsHandlers } from './rule-groups.handlers';
import { RuleGroupsService } from './rule-groups.service';
import { RuleGroupsStore } from './rule-groups.store';

@Module({
  imports: [KnownClustersModule, DistributionsModule],
  controllers: [RuleGroupsHandlers],
  providers: [RuleGroupsService, RuleGroupsStore, RuleGroupUse],
  exports: [RuleGroupsService, RuleGroupsStore],
})
export class RuleGroupsModule {}
