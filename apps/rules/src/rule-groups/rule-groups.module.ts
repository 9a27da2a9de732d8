import { Module } from '@nestjs/common';
import { ApprovalGateModule } from '../approvals/approval-gate.module';
import { KnownClustersModule } from '../clusters/known-clusters.module';
import { DistributionsModule } from '../distributions/distributions.module';
import { RuleGroupUse } from './rule-group-use';
import { RuleGroupsHandlers } from './rule-groups.handlers';
import { RuleGroupsService } from './rule-groups.service';
import { RuleGroupsStoreModule } from './rule-groups-store.module';

@Module({
  imports: [ApprovalGateModule, KnownClustersModule, DistributionsModule, RuleGroupsStoreModule],
  controllers: [RuleGroupsHandlers],
  providers: [RuleGroupsService, RuleGroupUse],
  exports: [RuleGroupsService, RuleGroupsStoreModule],
})
export class RuleGroupsModule {}
