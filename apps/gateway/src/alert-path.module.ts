import { AuditChecks } from './auditor/audit-checks';
import { Auditor } from './auditor/auditor';
import { Findings } from './auditor/findings';
import { FindingsController } from './auditor/findings.controller';
import { IncidentCounts } from './auditor/incident-counts';
import { GatewayFinding } from './auditor/gateway-finding.entity';
import { LedgerArchive } from './retention/ledger-archive.entity';
import { Retention } from './retention/retention';
import { RetentionWorker } from './retention/retention-worker';
import { AlertVolume } from './volumes/alert-volume.entity';
import { AlertVolumes } from './volumes/alert-volumes';
import { VolumeExport } from './volumes/volume-export';
import { VolumesController } from './volumes/volumes.controller';
import type { EntityTarget } from '@alertagent/service-kit';
import { Module } from '@nestjs/common';
import { AlertQueries } from './alerts/alert-queries';
import { Alert } from './alerts/alert.entity';
import { AlertsController } from './alerts/alerts.controller';
import { AlertsStore } from './alerts/alerts.store';
import { AttentionOperations } from './incidents/attention-operations';
import { ClusterNames } from './incidents/cluster-names';
import { IncidentAnnouncer } from './incidents/incident-announcer';
import { IncidentChange } from './incidents/incident-change';
import { IncidentClosings } from './incidents/incident-closing';
import { IncidentEscalation } from './incidents/incident-escalation.entity';
import { IncidentExpiry } from './incidents/incident-expiry';
import { IncidentFactsHandlers } from './incidents/incident-facts.handlers';
import { IncidentMerging } from './incidents/incident-merging';
import { IncidentNote } from './incidents/incident-note.entity';
import { IncidentNotes } from './incidents/incident-notes';
import { IncidentNotesController } from './incidents/incident-notes.controller';
import { IncidentOperationsController } from './incidents/incident-operations.controller';
import { IncidentProjection } from './incidents/incident-projection';
import { IncidentQueries } from './incidents/incident-queries';
import { IncidentRecords } from './incidents/incident-records';
import { IncidentRows } from './incidents/incident-rows';
import { IncidentSplitting } from './incidents/incident-splitting';
import { IncidentTimelineEntry } from './incidents/incident-timeline.entity';
import { IncidentsStore } from './incidents/incidents.store';
import { IncidentTimelineStore } from './incidents/incident-timeline.store';
import { Incident } from './incidents/incident.entity';
import { IncidentsController } from './incidents/incidents.controller';
import { KnownCluster } from './incidents/known-cluster.entity';
import { KnownClustersHandlers } from './incidents/known-clusters.handlers';
import { RuleChange } from './incidents/rule-change.entity';
import { RuleChangesHandlers } from './incidents/rule-changes.handlers';
import { SettleSweeper } from './incidents/settle-sweeper';
import { AlertInbox } from './intake/alert-inbox.entity';
import { InboxQueue } from './intake/inbox-queue';
import { IntakeMetrics } from './intake/intake.metrics';
import { IntakeTrouble } from './intake/intake-trouble.entity';
import { IntakeTroubles } from './intake/intake-troubles';
import { PipelineBell } from './intake/pipeline-bell';
import { TroubleStore } from './intake/trouble-store';
import { WebhookIntake } from './intake/webhook-intake';
import { AlertProcessingRecord } from './ledger/alert-processing-record.entity';
import { AlertQuarantine } from './ledger/alert-quarantine.entity';
import { Ledger } from './ledger/ledger';
import { LedgerController } from './ledger/ledger.controller';
import { ProcessingRecordsStore } from './ledger/processing-records.store';
import { Quarantine } from './ledger/quarantine';
import { QuarantineController } from './ledger/quarantine.controller';
import { AlertPath1764000000000 } from './migrations/alert-path-1764000000000';
import { Intake1765000000001 } from './migrations/intake-1765000000001';
import { SmartGateway1765000000000 } from './migrations/smart-gateway-1765000000000';
import { FailedBatch } from './pipeline/failed-batch';
import { Pipeline } from './pipeline/pipeline';
import { PipelineWorker } from './pipeline/pipeline-worker';
import { PipelineMetrics } from './pipeline/pipeline.metrics';
import { BatchPublisher } from './pipeline/publish';
import { SetAside } from './pipeline/set-aside';
import { PolicyStore } from './policies/policy-store';
import { PolicyVersion } from './policies/policy-version.entity';
import { Reconciler } from './reconciliation/reconciler';
import { AlertLookup } from './rest/alert-lookup';
import { AlertSource, AlertSourceVersion } from './sources/alert-source.entity';
import { AlertSources } from './sources/alert-sources';
import { AlertSourcesController } from './sources/alert-sources.controller';
import { SourceAddresses } from './sources/source-addresses';
import { SourceMappings } from './sources/source-mappings';
import { HiddenAlerts } from './suppressions/hidden-alerts';
import { MarkerUpkeep } from './suppressions/marker-upkeep';
import { NoiseFinder } from './suppressions/noise-finder';
import { RecentAlerts } from './suppressions/recent-alerts';
import { ReleaseSweeper, SweptParts } from './suppressions/release-sweeper';
import { Releases } from './suppressions/releases';
import { SeverityNotices } from './suppressions/severity-notices';
import { SuppressionQueries } from './suppressions/suppression-queries';
import { SuppressionTrial } from './suppressions/suppression-trial';
import { Suppression } from './suppressions/suppression.entity';
import { Suppressions } from './suppressions/suppressions';
import { SuppressionsController } from './suppressions/suppressions.controller';
import { SuppressionsStore } from './suppressions/suppressions.store';

/** The tables of the alert path. */
export const alertPathEntities: readonly EntityTarget[] = [
  AlertInbox,
  Alert,
  Incident,
  IncidentTimelineEntry,
  IncidentEscalation,
  IncidentNote,
  RuleChange,
  AlertProcessingRecord,
  AlertQuarantine,
  KnownCluster,
  AlertSource,
  AlertSourceVersion,
  IntakeTrouble,
  PolicyVersion,
  GatewayFinding,
  LedgerArchive,
  AlertVolume,
  Suppression,
];

/** Their migrations. */
export const alertPathMigrations = [AlertPath1764000000000, SmartGateway1765000000000, Intake1765000000001] as const;

/** From the webhook to incidents, and all that can be read about them. */
@Module({
  controllers: [
    // Before the alerts' own routes: `alerts/volumes` must not be read as an alert's id.
    VolumesController,
    FindingsController,
    AlertSourcesController,
    AlertsController,
    IncidentsController,
    IncidentOperationsController,
    IncidentNotesController,
    LedgerController,
    QuarantineController,
    SuppressionsController,
    KnownClustersHandlers,
    RuleChangesHandlers,
    IncidentFactsHandlers,
  ],
  providers: [
    IntakeMetrics,
    PipelineBell,
    WebhookIntake,
    IntakeTroubles,
    TroubleStore,
    InboxQueue,
    AlertSources,
    SourceAddresses,
    SourceMappings,
    PipelineMetrics,
    BatchPublisher,
    Pipeline,
    SetAside,
    FailedBatch,
    PipelineWorker,
    PolicyStore,
    Reconciler,
    Findings,
    IncidentCounts,
    AuditChecks,
    Auditor,
    Retention,
    RetentionWorker,
    AlertVolumes,
    VolumeExport,
    SuppressionsStore,
    Suppressions,
    SuppressionQueries,
    SuppressionTrial,
    RecentAlerts,
    NoiseFinder,
    HiddenAlerts,
    Releases,
    MarkerUpkeep,
    SeverityNotices,
    SweptParts,
    ReleaseSweeper,
    ClusterNames,
    AlertsStore,
    IncidentsStore,
    IncidentTimelineStore,
    ProcessingRecordsStore,
    AlertQueries,
    { provide: AlertLookup, useExisting: AlertQueries },
    IncidentProjection,
    IncidentQueries,
    IncidentRows,
    IncidentRecords,
    IncidentAnnouncer,
    IncidentChange,
    IncidentNotes,
    AttentionOperations,
    IncidentClosings,
    IncidentMerging,
    IncidentSplitting,
    IncidentExpiry,
    SettleSweeper,
    Ledger,
    Quarantine,
  ],
  exports: [
    AlertsStore,
    IncidentsStore,
    WebhookIntake,
    AlertLookup,
    ClusterNames,
    IncidentTimelineStore,
    PolicyStore,
    ProcessingRecordsStore,
    SourceMappings,
  ],
})
export class AlertPathModule {}
