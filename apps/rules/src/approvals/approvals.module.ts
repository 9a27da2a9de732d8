import { Module } from '@nestjs/common';
import { KnownClustersModule } from '../clusters/known-clusters.module';
import { DistributionsModule } from '../distributions/distributions.module';
import { RulesStoreModule } from '../rules/rules-store.module';
import { RulesModule } from '../rules/rules.module';
import { RuleHistoryModule } from '../versions/rule-history.module';
import { ApprovalDecisions } from './approval-decisions';
import { ApprovalGateModule } from './approval-gate.module';
import { ApprovalPoliciesService } from './approval-policies.service';
import { ApprovalReader } from './approval-reader';
import { ApprovalsHandlers } from './approvals.handlers';
import { RuleReleases } from './rule-releases';

@Module({
  imports: [
    ApprovalGateModule,
    DistributionsModule,
    KnownClustersModule,
    RuleHistoryModule,
    RulesModule,
    RulesStoreModule,
  ],
  controllers: [ApprovalsHandlers],
  providers: [ApprovalDecisions, ApprovalPoliciesService, ApprovalReader, RuleReleases],
})
export class ApprovalsModule {}
