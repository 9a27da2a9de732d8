import { Module } from '@nestjs/common';
import { KnownClustersModule } from '../clusters/known-clusters.module';
import { RuleObservationsModule } from '../health/rule-observations.module';
import { ClusterRulesNews } from './cluster-rules-news';
import { ClusterDistributions } from './cluster-distributions';
import { DistributionsHandlers } from './distributions.handlers';
import { DistributionsMetrics } from './distributions.metrics';
import { DistributionsService } from './distributions.service';
import { DistributionsStore } from './distributions.store';
import { MemberReports } from './member-reports';
import { RevisionNews } from './revision-news';
import { RulePlacement } from './rule-placement';
import { TestGateModule } from '../rule-tests/test-gate.module';
import { TargetingTransactions } from './targeting-transactions';

@Module({
  imports: [KnownClustersModule, RuleObservationsModule, TestGateModule],
  controllers: [DistributionsHandlers],
  providers: [
    ClusterDistributions,
    ClusterRulesNews,
    DistributionsMetrics,
    DistributionsService,
    DistributionsStore,
    MemberReports,
    RevisionNews,
    RulePlacement,
    TargetingTransactions,
  ],
  exports: [
    ClusterRulesNews,
    DistributionsMetrics,
    DistributionsService,
    DistributionsStore,
    RulePlacement,
    TargetingTransactions,
  ],
})
export class DistributionsModule {}
