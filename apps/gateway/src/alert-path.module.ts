import type { EntityTarget } from '@alertagent/service-kit';
import { Module } from '@nestjs/common';
import { Alert } from './alerts/alert.entity';
import { AlertsStore } from './alerts/alerts.store';
import { Findings } from './auditor/findings';
import { GatewayFinding } from './auditor/gateway-finding.entity';
import { CanaryHearing } from './canary/canary-hearing';
import { ClusterNames } from './incidents/cluster-names';
import { IncidentAnnouncer } from './incidents/incident-announcer';
import { IncidentChange } from './incidents/incident-change';
import { IncidentEscalation } from './incidents/incident-escalation.entity';
import { IncidentNote } from './incidents/incident-note.entity';
import { IncidentRecords } from './incidents/incident-records';
import { IncidentRows } from './incidents/incident-rows';
import { IncidentTimelineEntry } from './incidents/incident-timeline.entity';
import { IncidentTimelineStore } from './incidents/incident-timeline.store';
import { Incident } from './incidents/incident.entity';
import { IncidentsStore } from './incidents/incidents.store';
import { KnownCluster } from './incidents/known-cluster.entity';
import { RuleChange } from './incidents/rule-change.entity';
import { AlertInbox } from './intake/alert-inbox.entity';
import { InboxQueue } from './intake/inbox-queue';
import { IntakeTrouble } from './intake/intake-trouble.entity';
import { Ledger } from './ledger/ledger';
import { HiddenAlerts } from './suppressions/hidden-alerts';
import { PipelineBell } from './intake/pipeline-bell';
import { AlertProcessingRecord } from './ledger/alert-processing-record.entity';
import { AlertQuarantine } from './ledger/alert-quarantine.entity';
import { ProcessingRecordsStore } from './ledger/processing-records.store';
import { AlertPath1764000000000 } from './migrations/alert-path-1764000000000';
import { ClockSkew1765000000003 } from './migrations/clock-skew-1765000000003';
import { EndedWhileFiring1765000000004 } from './migrations/ended-while-firing-1765000000004';
import { Intake1765000000001 } from './migrations/intake-1765000000001';
import { Lists1765000000002 } from './migrations/lists-1765000000002';
import { RuleFor1765000000005 } from './migrations/rule-for-1765000000005';
import { SmartGateway1765000000000 } from './migrations/smart-gateway-1765000000000';
import { PolicyStore } from './policies/policy-store';
import { PolicyVersion } from './policies/policy-version.entity';
import { EndedWhileFiring } from './reconciliation/ended-while-firing.entity';
import { LedgerArchive } from './retention/ledger-archive.entity';
import { AlertSource } from './sources/alert-source.entity';
import { AlertSourceVersion } from './sources/alert-source.entity';
import { SourceMappings } from './sources/source-mappings';
import { Suppression } from './suppressions/suppression.entity';
import { Suppressions } from './suppressions/suppressions';
import { SuppressionsStore } from './suppressions/suppressions.store';
import { AlertVolume } from './volumes/alert-volume.entity';
import { AlertVolumes } from './volumes/alert-volumes';

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
  EndedWhileFiring,
  AlertVolume,
  Suppression,
];

/** Their migrations. */
export const alertPathMigrations = [
  AlertPath1764000000000,
  SmartGateway1765000000000,
  Intake1765000000001,
  Lists1765000000002,
  ClockSkew1765000000003,
  EndedWhileFiring1765000000004,
  RuleFor1765000000005,
] as const;

const providers = [
  CanaryHearing,
  PipelineBell,
  HiddenAlerts,
  Ledger,
  InboxQueue,
  SourceMappings,
  PolicyStore,
  Findings,
  AlertVolumes,
  Suppressions,
  SuppressionsStore,
  ClusterNames,
  AlertsStore,
  IncidentsStore,
  IncidentTimelineStore,
  ProcessingRecordsStore,
  IncidentRows,
  IncidentRecords,
  IncidentAnnouncer,
  IncidentChange,
];

/** What the edge of the alert path and its background both need. */
@Module({ providers, exports: providers })
export class AlertPathModule {}
