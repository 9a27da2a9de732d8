import { Module } from '@nestjs/common';
import { ApprovalGateModule } from '../approvals/approval-gate.module';
import { KnownClustersModule } from '../clusters/known-clusters.module';
import { SourcesModule } from '../sources/sources.module';
import { ClusterSweep } from './cluster-sweep';
import { GatewayFactsReader } from './gateway-facts';
import { HealthReader } from './health-reader';
import { HealthHandlers } from './health.handlers';
import { RuleHealthStore } from './rule-health.store';
import { RuleObservationsModule } from './rule-observations.module';
import { RuleReadings } from './rule-readings';
import { SeriesChecks } from './series-checks';
import { Sweep } from './sweep';
import { Sweeper } from './sweeper';
import { SweptRules } from './swept-rules';

@Module({
  imports: [ApprovalGateModule, KnownClustersModule, RuleObservationsModule, SourcesModule],
  controllers: [HealthHandlers],
  providers: [
    ClusterSweep,
    GatewayFactsReader,
    HealthReader,
    RuleHealthStore,
    RuleReadings,
    SeriesChecks,
    Sweep,
    Sweeper,
    SweptRules,
  ],
})
export class HealthModule {}
