import { Module } from '@nestjs/common';
import { AlertPathModule } from './alert-path.module';
import { AlertLookup } from './rest/alert-lookup';
import { AlertQueries } from './alerts/alert-queries';
import { AlertsController } from './alerts/alerts.controller';
import { FindingsController } from './auditor/findings.controller';
import { FiringCanaries } from './canary/firing-canaries';
import { AttentionOperations } from './incidents/attention-operations';
import { IncidentClosings } from './incidents/incident-closing';
import { IncidentMerging } from './incidents/incident-merging';
import { IncidentNotes } from './incidents/incident-notes';
import { IncidentNotesController } from './incidents/incident-notes.controller';
import { IncidentOperationsController } from './incidents/incident-operations.controller';
import { IncidentQueries } from './incidents/incident-queries';
import { IncidentSplitting } from './incidents/incident-splitting';
import { IncidentsController } from './incidents/incidents.controller';
import { IntakeTroubles } from './intake/intake-troubles';
import { IntakeMetrics } from './intake/intake.metrics';
import { TroubleStore } from './intake/trouble-store';
import { WebhookDoor } from './intake/webhook-door';
import { WebhookIntake } from './intake/webhook-intake';
import { LedgerController } from './ledger/ledger.controller';
import { Quarantine } from './ledger/quarantine';
import { QuarantineController } from './ledger/quarantine.controller';
import { Reconciler } from './reconciliation/reconciler';
import { ReconciliationMetrics } from './reconciliation/reconciliation.metrics';
import { AlertSources } from './sources/alert-sources';
import { AlertSourcesController } from './sources/alert-sources.controller';
import { SourceAddresses } from './sources/source-addresses';
import { NoiseFinder } from './suppressions/noise-finder';
import { RecentAlerts } from './suppressions/recent-alerts';
import { SuppressionQueries } from './suppressions/suppression-queries';
import { SuppressionTrial } from './suppressions/suppression-trial';
import { SuppressionsController } from './suppressions/suppressions.controller';
import { VolumesController } from './volumes/volumes.controller';

/** Alerts come in, and people read and handle what became of them. */
@Module({
  imports: [AlertPathModule],
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
  ],
  providers: [
    IntakeMetrics,
    WebhookIntake,
    WebhookDoor,
    IntakeTroubles,
    TroubleStore,
    AlertSources,
    SourceAddresses,
    FiringCanaries,
    Reconciler,
    ReconciliationMetrics,
    SuppressionTrial,
    RecentAlerts,
    NoiseFinder,
    SuppressionQueries,
    IncidentMerging,
    IncidentSplitting,
    AttentionOperations,
    IncidentClosings,
    IncidentNotes,
    Quarantine,
    AlertQueries,
    IncidentQueries,
    { provide: AlertLookup, useExisting: AlertQueries },
  ],
  exports: [AlertPathModule, AlertLookup],
})
export class AlertEdgeModule {}
