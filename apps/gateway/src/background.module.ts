import { Module } from '@nestjs/common';
import { AlertPathModule } from './alert-path.module';
import { AuditChecks } from './auditor/audit-checks';
import { Auditor } from './auditor/auditor';
import { ClusterTroublesHandlers } from './cluster-troubles/cluster-troubles.handlers';
import { IncidentCounts } from './auditor/incident-counts';
import { IncidentExpiry } from './incidents/incident-expiry';
import { IncidentFactsHandlers } from './incidents/incident-facts.handlers';
import { IncidentProjection } from './incidents/incident-projection';
import { KnownClustersHandlers } from './incidents/known-clusters.handlers';
import { RuleChangesHandlers } from './incidents/rule-changes.handlers';
import { SettleSweeper } from './incidents/settle-sweeper';
import { FailedBatch } from './pipeline/failed-batch';
import { Pipeline } from './pipeline/pipeline';
import { PipelineWorker } from './pipeline/pipeline-worker';
import { PipelineMetrics } from './pipeline/pipeline.metrics';
import { BatchPublisher } from './pipeline/publish';
import { SetAside } from './pipeline/set-aside';
import { PoliciesHandlers } from './policies/policies.handlers';
import { Retention } from './retention/retention';
import { RetentionWorker } from './retention/retention-worker';
import { MarkerUpkeep } from './suppressions/marker-upkeep';
import { RuleFacts } from './rule-facts/rule-facts';
import { RuleFactsHandlers } from './rule-facts/rule-facts.handlers';
import { SweptParts } from './suppressions/release-sweeper';
import { ReleaseSweeper } from './suppressions/release-sweeper';
import { Releases } from './suppressions/releases';
import { SeverityNotices } from './suppressions/severity-notices';
import { SuppressionsHandlers } from './suppressions/suppressions.handlers';
import { VolumeExport } from './volumes/volume-export';

/** What the gateway does by itself: the pipeline, what other services tell it and ask it, and everything that is repeated. */
@Module({
  imports: [AlertPathModule],
  controllers: [
    ClusterTroublesHandlers,
    KnownClustersHandlers,
    RuleChangesHandlers,
    IncidentFactsHandlers,
    SuppressionsHandlers,
    PoliciesHandlers,
    RuleFactsHandlers,
  ],
  providers: [
    PipelineMetrics,
    BatchPublisher,
    Pipeline,
    SetAside,
    FailedBatch,
    PipelineWorker,
    IncidentCounts,
    AuditChecks,
    Auditor,
    Retention,
    RetentionWorker,
    VolumeExport,
    Releases,
    MarkerUpkeep,
    SeverityNotices,
    SweptParts,
    ReleaseSweeper,
    IncidentProjection,
    IncidentExpiry,
    SettleSweeper,
    RuleFacts,
  ],
})
export class BackgroundModule {}
