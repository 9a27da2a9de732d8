import type { EntityTarget } from '@alertagent/service-kit';
import { Module } from '@nestjs/common';
import { AlertQueries } from './alerts/alert-queries';
import { Alert } from './alerts/alert.entity';
import { AlertsController } from './alerts/alerts.controller';
import { AlertsStore } from './alerts/alerts.store';
import { ClusterNames } from './incidents/cluster-names';
import { IncidentEscalation } from './incidents/incident-escalation.entity';
import { IncidentFactsHandlers } from './incidents/incident-facts.handlers';
import { IncidentProjection } from './incidents/incident-projection';
import { IncidentQueries } from './incidents/incident-queries';
import { IncidentTimelineEntry } from './incidents/incident-timeline.entity';
import { IncidentTimelineStore } from './incidents/incident-timeline.store';
import { Incident } from './incidents/incident.entity';
import { IncidentsController } from './incidents/incidents.controller';
import { KnownCluster } from './incidents/known-cluster.entity';
import { KnownClustersHandlers } from './incidents/known-clusters.handlers';
import { AlertInbox } from './intake/alert-inbox.entity';
import { InboxQueue } from './intake/inbox-queue';
import { IntakeMetrics } from './intake/intake.metrics';
import { PipelineBell } from './intake/pipeline-bell';
import { WebhookIntake } from './intake/webhook-intake';
import { AlertProcessingRecord } from './ledger/alert-processing-record.entity';
import { AlertQuarantine } from './ledger/alert-quarantine.entity';
import { Ledger } from './ledger/ledger';
import { LedgerController } from './ledger/ledger.controller';
import { ProcessingRecordsStore } from './ledger/processing-records.store';
import { Quarantine } from './ledger/quarantine';
import { QuarantineController } from './ledger/quarantine.controller';
import { AlertPath1764000000000 } from './migrations/alert-path-1764000000000';
import { FailedBatch } from './pipeline/failed-batch';
import { Pipeline } from './pipeline/pipeline';
import { PipelineWorker } from './pipeline/pipeline-worker';
import { PipelineMetrics } from './pipeline/pipeline.metrics';
import { BatchPublisher } from './pipeline/publish';
import { SetAside } from './pipeline/set-aside';
import { AlertLookup } from './rest/alert-lookup';

/** The tables of the alert path. */
export const alertPathEntities: readonly EntityTarget[] = [
  AlertInbox,
  Alert,
  Incident,
  IncidentTimelineEntry,
  IncidentEscalation,
  AlertProcessingRecord,
  AlertQuarantine,
  KnownCluster,
];

/** Their migrations. */
export const alertPathMigrations = [AlertPath1764000000000] as const;

/** From the webhook to incidents, and all that can be read about them. */
@Module({
  controllers: [
    AlertsController,
    IncidentsController,
    LedgerController,
    QuarantineController,
    KnownClustersHandlers,
    IncidentFactsHandlers,
  ],
  providers: [
    IntakeMetrics,
    PipelineBell,
    WebhookIntake,
    InboxQueue,
    PipelineMetrics,
    BatchPublisher,
    Pipeline,
    SetAside,
    FailedBatch,
    PipelineWorker,
    ClusterNames,
    AlertsStore,
    IncidentTimelineStore,
    ProcessingRecordsStore,
    AlertQueries,
    { provide: AlertLookup, useExisting: AlertQueries },
    IncidentProjection,
    IncidentQueries,
    Ledger,
    Quarantine,
  ],
  exports: [WebhookIntake, AlertLookup],
})
export class AlertPathModule {}
