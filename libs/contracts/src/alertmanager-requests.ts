import { Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  MaxLength,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { CLUSTER_HEALTH_STATES, type ClusterHealthState } from './cluster-health';
import { defineRequest } from './contract';
import { ById, PageQuery } from './kit';
import { IsStringMap } from './validators';

/** A member that said nothing, and why; what it alone knows is missing from the answer that names it. */
export class UnansweredMember {
  @IsString() cluster_id!: string;
  @IsString() cluster!: string;
  @IsString() address!: string;
  @IsString() reason!: string;
}

export const BREAKER_STATES = ['closed', 'open', 'half_open'] as const;
/** `open`: it failed several times in a row and is left alone for a while. `half_open`: one request tries it. */
export type BreakerState = (typeof BREAKER_STATES)[number];

/** One Alertmanager as it answered just now. */
export class AlertmanagerMember {
  @IsString() address!: string;
  /** The name that its sidecar reports under, when that was given. */
  @IsOptional() @IsString() member?: string | null;
  /** How it is by endpoint checks and reports of its sidecar; it says who is asked first. */
  @IsIn(CLUSTER_HEALTH_STATES) health!: ClusterHealthState;
  @IsIn(BREAKER_STATES) breaker!: BreakerState;
  @IsBoolean() answered!: boolean;
  /** Why it did not answer. */
  @IsOptional() @IsString() reason?: string | null;
  @IsOptional() @IsString() version?: string | null;
  @IsOptional() @IsString() started_at?: string | null;
  /** `ready`, `settling`, or `disabled` when it has no gossip. */
  @IsOptional() @IsString() mesh_status?: string | null;
  /** Names of those it gossips with, its own included. */
  @IsArray() @IsString({ each: true }) peers!: string[];
  /** Members with the same number share their silences; null when it did not answer. */
  @IsOptional() @IsInt() mesh?: number | null;
}

/** The Alertmanagers of one cluster. More than one mesh means that they do not share silences, and each notifies for itself. */
export class AlertmanagerStatus {
  @IsString() cluster_id!: string;
  @IsString() cluster!: string;
  @IsInt() meshes!: number;
  @IsArray() @ValidateNested({ each: true }) @Type(() => AlertmanagerMember) members!: AlertmanagerMember[];
}

export class AlertmanagerStatusPage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => AlertmanagerStatus) items!: AlertmanagerStatus[];
  @IsOptional() @IsString() next_cursor?: string | null;
}

export const ACTIVE_ALERT_STATES = ['active', 'suppressed', 'unprocessed'] as const;
/** As Alertmanager names them; `suppressed` is silenced, inhibited or muted. */
export type ActiveAlertState = (typeof ACTIVE_ALERT_STATES)[number];

/** Which of the alerts that Alertmanager holds to list. */
export class ActiveAlertsQuery extends PageQuery {
  @IsOptional() @IsIn(ACTIVE_ALERT_STATES) state?: ActiveAlertState | null;
  /** Matchers in Alertmanager's notation, such as `{severity="critical", team=~"db|web"}`. */
  @IsOptional() @IsString() @MaxLength(4000) filter?: string | null;
}

export class ListActiveAlerts extends ActiveAlertsQuery {
  @IsString() @MaxLength(100) id!: string;
}

/** Over all clusters unless one is named; every member is asked. */
export class MergedAlertsQuery extends ActiveAlertsQuery {
  /** Id or name. */
  @IsOptional() @IsString() @MaxLength(100) cluster?: string | null;
}

/** An alert as Alertmanager holds it now; what AlertAgent made of it is under `/alerts`. */
export class ActiveAlert {
  @IsString() cluster_id!: string;
  @IsString() cluster!: string;
  @IsString() fingerprint!: string;
  @IsIn(ACTIVE_ALERT_STATES) state!: ActiveAlertState;
  @IsStringMap() labels!: Record<string, string>;
  @IsStringMap() annotations!: Record<string, string>;
  @IsArray() @IsString({ each: true }) silenced_by!: string[];
  @IsArray() @IsString({ each: true }) inhibited_by!: string[];
  @IsArray() @IsString({ each: true }) receivers!: string[];
  @IsString() starts_at!: string;
  @IsString() ends_at!: string;
  @IsString() updated_at!: string;
  @IsOptional() @IsString() generator_url?: string | null;
  /** Who listed it, of those that were asked. */
  @IsArray() @IsString({ each: true }) members!: string[];
}

/** By cluster and fingerprint. A page also ends before it becomes too large to be sent. */
export class ActiveAlertPage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => ActiveAlert) items!: ActiveAlert[];
  @IsOptional() @IsString() next_cursor?: string | null;
  @IsArray() @ValidateNested({ each: true }) @Type(() => UnansweredMember) unanswered!: UnansweredMember[];
}

/** One condition of a silence; all must hold. */
export class SilenceMatcher {
  @IsString() @MinLength(1) @MaxLength(200) name!: string;
  @IsString() @MaxLength(2000) value!: string;
  /** The value is a regular expression (RE2) that the whole label must match. */
  @IsOptional() @IsBoolean() is_regex?: boolean | null;
  /** False turns it round. True unless told. */
  @IsOptional() @IsBoolean() is_equal?: boolean | null;
}

export const SILENCE_STATES = ['active', 'pending', 'expired'] as const;
export type SilenceState = (typeof SILENCE_STATES)[number];

/** Which silences to list; those that have not ended unless told. */
export class SilencesQuery extends PageQuery {
  @IsOptional() @IsIn(SILENCE_STATES) state?: SilenceState | null;
}

export class ListSilences extends SilencesQuery {
  @IsString() @MaxLength(100) id!: string;
}

/** Over all clusters unless one is named; every member is asked. */
export class MergedSilencesQuery extends SilencesQuery {
  /** Id or name. */
  @IsOptional() @IsString() @MaxLength(100) cluster?: string | null;
}

/** A silence of one cluster. One that AlertAgent wrote is one silence, however many meshes it had to be written to. */
export class SilenceView {
  @IsString() cluster_id!: string;
  @IsString() cluster!: string;
  /** Alertmanager's id. It becomes another one when matchers or the start are changed. */
  @IsString() id!: string;
  /** Further ids of the same silence, in other meshes. */
  @IsArray() @IsString({ each: true }) other_ids!: string[];
  @IsIn(SILENCE_STATES) state!: SilenceState;
  @IsArray() @ValidateNested({ each: true }) @Type(() => SilenceMatcher) matchers!: SilenceMatcher[];
  @IsString() starts_at!: string;
  @IsString() ends_at!: string;
  @IsString() updated_at!: string;
  @IsString() created_by!: string;
  @IsString() comment!: string;
  /** Whether it was written by AlertAgent. */
  @IsBoolean() by_alertagent!: boolean;
  /** Who listed it, of those that were asked. */
  @IsArray() @IsString({ each: true }) members!: string[];
}

/** By cluster and id. A page also ends before it becomes too large to be sent. */
export class SilencePage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => SilenceView) items!: SilenceView[];
  @IsOptional() @IsString() next_cursor?: string | null;
  @IsArray() @ValidateNested({ each: true }) @Type(() => UnansweredMember) unanswered!: UnansweredMember[];
}

const owner = 'clusters' as const;
/** Longer than whoever answers works on it, so that nothing is sent to an Alertmanager once the caller has given up. */
const timeoutMs = 10_000;

/** Which versions a cluster's Alertmanagers have and who gossips with whom; every member is asked. */
export const getAlertmanagerStatus = defineRequest({
  owner,
  subject: 'alertagent.clusters.v1.get-alertmanager-status',
  request: ById,
  reply: AlertmanagerStatus,
  timeoutMs,
});
/** The same for all clusters that have an address, in the order of registration. */
export const listAlertmanagerStatus = defineRequest({
  owner,
  subject: 'alertagent.clusters.v1.list-alertmanager-status',
  request: PageQuery,
  reply: AlertmanagerStatusPage,
  timeoutMs,
});
/** The alerts that one member of a cluster holds: the first that answers. */
export const listActiveAlerts = defineRequest({
  owner,
  subject: 'alertagent.clusters.v1.list-active-alerts',
  request: ListActiveAlerts,
  reply: ActiveAlertPage,
  timeoutMs,
});
/** The alerts that any member of any cluster holds, each once. */
export const mergeActiveAlerts = defineRequest({
  owner,
  subject: 'alertagent.clusters.v1.merge-active-alerts',
  request: MergedAlertsQuery,
  reply: ActiveAlertPage,
  timeoutMs,
});
/** The silences that one member of a cluster knows: the first that answers. */
export const listSilences = defineRequest({
  owner,
  subject: 'alertagent.clusters.v1.list-silences',
  request: ListSilences,
  reply: SilencePage,
  timeoutMs,
});
/** The silences that any member of any cluster knows, each once. */
export const mergeSilences = defineRequest({
  owner,
  subject: 'alertagent.clusters.v1.merge-silences',
  request: MergedSilencesQuery,
  reply: SilencePage,
  timeoutMs,
});
