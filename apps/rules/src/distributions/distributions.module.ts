import { Module } from '@nestjs/common';
import { KnownClustersModule } from '../clusters/known-clusters.module';
import { ClusterRulesNews } from './cluster-rules-news';
import { ClusterDistributions } from './cluster-distributions';
import { DistributionsHandlers } from './distributions.handlers';
import { DistributionsMetrics } from './distributions.metrics';
import { DistributionsService } from './distributions.service';
import { DistributionsStore } from './distributions.store';
import { MemberReports } from './member-reports';
import { RevisionNews } from './revision-news';
import { RulePlacement } from './rule-placement';

@Module({
  imports: [KnownClustersModule],
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
  ],
  exports: [ClusterRulesNews, DistributionsMetrics, DistributionsService, DistributionsStore, RulePlacement],
})
export class DistributionsModule {}
