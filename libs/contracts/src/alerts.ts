import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';
import { defineEvent } from './contract';
import { IsStringMap } from './validators';

export const ALERT_STATES = ['firing', 'resolved'] as const;
export type AlertState = (typeof ALERT_STATES)[number];

export const INCIDENT_STATES = ['open', 'resolved'] as const;
export type IncidentState = (typeof INCIDENT_STATES)[number];

/** Where an accepted alert event ends; each ends in exactly one. */
export const DISPOSITIONS = [
  'opened',
  'merged',
  'resolved',
  'duplicate',
  'stale',
  'suppressed',
  'quarantined',
] as const;
export type Disposition = (typeof DISPOSITIONS)[number];

/** An alert as other services see it: ids and the text a person would read. */
export class AlertSnapshot {
  @IsString() id!: string;
  @IsString() name!: string;
  @IsOptional() @IsString() severity?: string | null;
  @IsIn(ALERT_STATES) status!: AlertState;
  @IsStringMap() labels!: Record<string, string>;
  @IsStringMap() annotations!: Record<string, string>;
  @IsString() starts_at!: string;
  @IsOptional() @IsString() ends_at?: string | null;
  @IsOptional() @IsString() generator_url?: string | null;
}

export class IncidentEvent {
  @IsString() incident_id!: string;
  @IsString() cluster_id!: string;
  @IsString() cluster_name!: string;
  @IsString() title!: string;
  @IsOptional() @IsString() severity?: string | null;
  @IsIn(INCIDENT_STATES) status!: IncidentState;
  @IsStringMap() group_labels!: Record<string, string>;
  @IsInt() alert_count!: number;
  @IsInt() firing_count!: number;
  @IsString() opened_at!: string;
  @IsString() changed_at!: string;
  /** The alert that opened it (or, for updates, that changed it). */
  @ValidateNested() @Type(() => AlertSnapshot) alert!: AlertSnapshot;
}

export class IncidentResolved extends IncidentEvent {
  @IsString() resolved_at!: string;
}

export class AlertSuppressed {
  @IsString() cluster_id!: string;
  @IsString() alert_id!: string;
  @ValidateNested() @Type(() => AlertSnapshot) alert!: AlertSnapshot;
  /** Name of the suppression that hid it. */
  @IsString() suppressed_by!: string;
  @IsString() why!: string;
  @IsString() suppressed_at!: string;
}

/** One count per disposition. */
export class DispositionCounts {
  @IsInt() opened!: number;
  @IsInt() merged!: number;
  @IsInt() resolved!: number;
  @IsInt() duplicate!: number;
  @IsInt() stale!: number;
  @IsInt() suppressed!: number;
  @IsInt() quarantined!: number;
}

/** The conservation law of one cluster or of all: `accepted = pending + Σ dispositions`. */
export class LedgerEntry {
  @IsOptional() @IsString() cluster_id?: string | null;
  @IsInt() accepted!: number;
  @IsInt() pending!: number;
  @ValidateNested() @Type(() => DispositionCounts) dispositions!: DispositionCounts;
}

const owner = 'gateway' as const;

/** The first alert of a group opened an incident; sent in the transaction that stored it. */
export const incidentOpened = defineEvent({
  owner,
  subject: 'alertagent.alerts.v1.incident-opened',
  payload: IncidentEvent,
  key: 'incident_id',
});
/** Alerts joined an open incident, or some of its alerts resolved. At most one per pipeline batch and incident. */
export const incidentUpdated = defineEvent({
  owner,
  subject: 'alertagent.alerts.v1.incident-updated',
  payload: IncidentEvent,
  key: 'incident_id',
});
/** All alerts of an incident are resolved. */
export const incidentResolved = defineEvent({
  owner,
  subject: 'alertagent.alerts.v1.incident-resolved',
  payload: IncidentResolved,
  key: 'incident_id',
});
/** A firing alert was hidden by a suppression; it is stored and counted. */
export const alertSuppressed = defineEvent({
  owner,
  subject: 'alertagent.alerts.v1.alert-suppressed',
  payload: AlertSuppressed,
  key: 'cluster_id',
});
