import { Module } from '@nestjs/common';
import { ApprovalGateModule } from '../approvals/approval-gate.module';
import { KnownClustersModule } from '../clusters/known-clusters.module';
import { DistributionsModule } from '../distributions/distributions.module';
import { RuleGroupsModule } from '../rule-groups/rule-groups.module';
import { TestGateModule } from '../rule-tests/test-gate.module';
import { SecondJudgeModule } from '../second-judge/second-judge.module';
import { RuleHistoryModule } from '../versions/rule-history.module';
import { ClusterRulesReader } from './cluster-rules-reader';
import { ClusterTargeting } from './cluster-targeting';
import { Retargeting } from './retargeting';
import { RuleChanges } from './rule-changes';
import { RuleDecisions } from './rule-decisions';
import { RuleDestinations } from './rule-destinations';
import { RuleHolds } from './rule-holds';
import { RuleReader } from './rule-reader';
import { RuleTargets } from './rule-targets';
import { RulesHandlers } from './rules.handlers';
import { RulesService } from './rules.service';
import { RulesStoreModule } from './rules-store.module';

@Module({
  imports: [
    ApprovalGateModule,
    DistributionsModule,
    KnownClustersModule,
    RuleGroupsModule,
    RuleHistoryModule,
    RulesStoreModule,
    SecondJudgeModule,
    TestGateModule,
  ],
  controllers: [RulesHandlers],
  providers: [
    ClusterRulesReader,
    ClusterTargeting,
    Retargeting,
    RuleChanges,
    RuleDecisions,
    RuleDestinations,
    RuleHolds,
    RuleReader,
    RuleTargets,
    RulesService,
  ],
  exports: [RuleChanges, RuleDecisions, RuleDestinations, RuleReader, RulesService, RulesStoreModule, RuleTargets],
})
export class RulesModule {}
