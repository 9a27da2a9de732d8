import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Min,
  ValidateNested,
} from 'class-validator';
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
  /** The canary of a cluster: counted, and told to the clusters service. */
  'heartbeat',
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

/** One cluster's part of an incident. */
export class ClusterShare {
  @IsString() cluster_id!: string;
  @IsString() cluster_name!: string;
  @IsInt() alert_count!: number;
  @IsInt() firing_count!: number;
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
  /** 1 (most urgent) to 5, by the policy. */
  @IsOptional() @IsInt() priority?: number;
  /** The workflow that the policy routes it to. */
  @IsOptional() @IsString() workflow?: string | null;
  /** The teams that the policy routes it to. */
  @IsOptional() @IsArray() @IsString({ each: true }) teams?: string[];
  /** Its alerts by cluster; more than one when the same cause shows in several. */
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => ClusterShare) clusters?: ClusterShare[];
  /** So many alerts arrive that single ones are not reported any more. */
  @IsOptional() @IsBoolean() storm?: boolean;
  /** At least one of its alerts keeps changing its state. */
  @IsOptional() @IsBoolean() flapping?: boolean;
  /** Who works on it, when somebody said so; the acknowledgement has not expired. */
  @IsOptional() @IsString() acknowledged_by?: string | null;
  /** Until when people do not want to hear of it. */
  @IsOptional() @IsString() snoozed_until?: string | null;
  /** The incident that people merged it into; then it is over, but its alerts are not. */
  @IsOptional() @IsString() merged_into?: string | null;
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

/** How many alerts one `alerts-changed` event names; what is above is only counted. */
export const MAX_CHANGED_ALERTS = 100;

/** One alert that is not as it was, in a line. */
export class AlertChange {
  @IsString() id!: string;
  @IsString() name!: string;
  @IsOptional() @IsString() severity?: string | null;
  @IsIn(ALERT_STATES) status!: AlertState;
  /** What the last event about it came to. */
  @IsIn(DISPOSITIONS) disposition!: Disposition;
  /** The incident it belongs to; none for an alert that was suppressed or never fired here. */
  @IsOptional() @IsString() incident_id?: string | null;
  @IsString() starts_at!: string;
}

/** The alerts of one cluster that one step of the pipeline changed: for lists that follow along, not for accounts. */
export class AlertsChanged {
  @IsString() cluster_id!: string;
  @IsString() at!: string;
  @IsArray()
  @ArrayMaxSize(MAX_CHANGED_ALERTS)
  @ValidateNested({ each: true })
  @Type(() => AlertChange)
  alerts!: AlertChange[];
  /** How many more changed that are not named. */
  @IsInt() @Min(0) more!: number;
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
  @IsInt() heartbeat!: number;
}

/** The conservation law of one cluster or of all: `accepted = pending + Σ dispositions`. */
export class LedgerEntry {
  @IsOptional() @IsString() cluster_id?: string | null;
  @IsInt() accepted!: number;
  @IsInt() pending!: number;
  @ValidateNested() @Type(() => DispositionCounts) dispositions!: DispositionCounts;
}

/** Where a canary can be seen on its way: in its Prometheus, in Alertmanager's firing set, and in a webhook that arrived. */
export const CANARY_PLACES = ['prometheus', 'alertmanager', 'gateway'] as const;
export type CanaryPlace = (typeof CANARY_PLACES)[number];

export class CanaryHeard {
  @IsString() cluster_id!: string;
  @IsIn(CANARY_PLACES) place!: CanaryPlace;
  /** The Prometheus that it comes from, by its external URL; empty where that is not told. */
  @IsString() instance!: string;
  @IsString() heard_at!: string;
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
/** Alerts of a cluster began, ended or were hidden. At most one per pipeline batch and cluster; repetitions are not told. */
export const alertsChanged = defineEvent({
  owner,
  subject: 'alertagent.alerts.v1.alerts-changed',
  payload: AlertsChanged,
  key: 'cluster_id',
});
/** The canary of a cluster was seen. Told at most twice a minute per place and Prometheus. */
export const canaryHeard = defineEvent({
  owner,
  subject: 'alertagent.alerts.v1.canary-heard',
  payload: CanaryHeard,
  key: 'cluster_id',
});
