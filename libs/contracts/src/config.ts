import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { defineEvent, defineRequest } from './contract';
import { PageQuery } from './kit';
import { IsUtcTime } from './validators';

export const CONFIG_TYPES = ['prometheus-rules', 'alertmanager-config'] as const;
export type ConfigType = (typeof CONFIG_TYPES)[number];

/** How far a sidecar has come with a revision; `idle` = nothing assigned yet. */
export const SIDECAR_STATES = ['idle', 'fetched', 'written', 'reloaded', 'loaded', 'live', 'failed'] as const;
export type SidecarState = (typeof SIDECAR_STATES)[number];

export const RULE_REPORT_STATES = ['loaded', 'live', 'failed'] as const;
export type RuleReportState = (typeof RULE_REPORT_STATES)[number];

/** One rule of the file as the member's `/api/v1/rules` shows it. */
export class RuleReport {
  @IsString() @MaxLength(500) group!: string;
  @IsString() @MaxLength(300) name!: string;
  @IsOptional() @IsString() @MaxLength(36) rule_id?: string | null;
  @IsOptional() @IsInt() rule_version?: number | null;
  @IsIn(RULE_REPORT_STATES) status!: RuleReportState;
  @IsOptional() @IsString() @MaxLength(1000) reason?: string | null;
  @IsOptional() @IsString() @MaxLength(50) health?: string | null;
  @IsOptional() @IsString() @MaxLength(50) last_evaluation?: string | null;
  /** What its last evaluation took. */
  @IsOptional() @IsNumber() evaluation_seconds?: number | null;
  /** How often its group is evaluated. */
  @IsOptional() @IsNumber() interval_seconds?: number | null;
  /** How many of its alerts fire. */
  @IsOptional() @IsInt() @Min(0) firing?: number | null;
}

/** The programs a sidecar can stand beside. */
export const TARGET_KINDS = ['prometheus', 'vmalert', 'alertmanager'] as const;
export type TargetKind = (typeof TARGET_KINDS)[number];

/** What the sidecar's own look at its target's health endpoint said. */
export class TargetReport {
  @IsBoolean() healthy!: boolean;
  /** What the target showed itself to be; null when that cannot be told. */
  @IsOptional() @IsIn(TARGET_KINDS) kind?: TargetKind | null;
  /** How far the target's clock is ahead of its sidecar's, in milliseconds, to within a second. */
  @IsOptional() @IsNumber() clock_ahead_ms?: number | null;
  @IsOptional() @IsNumber() response_ms?: number | null;
  @IsOptional() @IsString() @MaxLength(100) version?: string | null;
}

/** Which signing keys a sidecar goes by: each is the fingerprint of a public key, the SHA-256 of its DER form, hex. */
export class SidecarKeys {
  /** The only one that it trusts; null before its first download. */
  @IsOptional() @Matches(/^[0-9a-f]{64}$/) trusted?: string | null;
  /** The one that the file on its disk was verified with; null when the file is not AlertAgent's or an older sidecar wrote it. */
  @IsOptional() @Matches(/^[0-9a-f]{64}$/) revision?: string | null;
  /** The one that it was set to begin with; null when it takes the first one that it sees. */
  @IsOptional() @Matches(/^[0-9a-f]{64}$/) set?: string | null;
}

/** Body of `POST /api/v1/configs/reports`. */
export class SidecarReport {
  @IsString() @MaxLength(100) cluster_id!: string;
  @IsIn(CONFIG_TYPES) type!: ConfigType;
  @IsString() @MaxLength(200) member!: string;
  @IsOptional() @IsString() @MaxLength(50) sidecar_version?: string | null;
  /** When this attempt to deliver the report began, by the sidecar's clock. */
  @IsOptional() @IsUtcTime() sent_at?: string | null;
  /**
   * When this was observed, by the same clock; absent = at `sent_at`. What had to wait longer than 10 s goes into the
   * history only: it changes nothing about how the member stands and proves nothing.
   */
  @IsOptional() @IsUtcTime() observed_at?: string | null;
  @IsIn(SIDECAR_STATES) state!: SidecarState;
  @IsOptional() @IsInt() @Min(0) revision?: number | null;
  /** SHA-256 of the file on the member's disk, hex. */
  @IsOptional() @Matches(/^[0-9a-f]{64}$/) hash?: string | null;
  @IsOptional() @IsString() @MaxLength(100) loaded_hash?: string | null;
  @IsOptional() @IsString() @MaxLength(2000) reason?: string | null;
  @IsOptional() @ValidateNested() @Type(() => TargetReport) target?: TargetReport | null;
  @IsOptional() @IsInt() @Min(0) drift_repaired?: number | null;
  /** Absent from sidecars that do not tell. */
  @IsOptional() @ValidateNested() @Type(() => SidecarKeys) keys?: SidecarKeys | null;
  @IsArray() @ArrayMaxSize(20_000) @ValidateNested({ each: true }) @Type(() => RuleReport) rules!: RuleReport[];
}

/** A rule as it stands in a revision. */
export class RevisionRule {
  @IsString() rule_id!: string;
  @IsInt() rule_version!: number;
  @IsString() group!: string;
  @IsString() name!: string;
  /** A recording rule, which shows neither id nor version; absent for others. */
  @IsOptional() @IsIn(['recording']) kind?: 'recording';
}

/** One rendered configuration of one cluster. Immutable; the number grows per (cluster, type). */
export class RevisionView {
  @IsString() cluster_id!: string;
  @IsIn(CONFIG_TYPES) type!: ConfigType;
  @IsInt() revision!: number;
  /** `published`, or `refused` with the reason: rendered but never served. */
  @IsIn(['published', 'refused']) status!: 'published' | 'refused';
  @IsOptional() @IsString() reason?: string | null;
  @IsString() hash!: string;
  @IsInt() bytes!: number;
  @IsInt() rules!: number;
  @IsString() created_at!: string;
  /** The earlier revision whose content it brings back; absent or null for what was rendered. */
  @IsOptional() @IsInt() restores?: number | null;
}

export class RevisionPage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => RevisionView) items!: RevisionView[];
  @IsOptional() @IsString() next_cursor?: string | null;
}

export class ListRevisions extends PageQuery {
  @IsString() cluster_id!: string;
  @IsOptional() @IsIn(CONFIG_TYPES) type?: ConfigType | null;
}

/** A revision was rendered, checked, signed and is being served. */
export class RevisionPublished {
  @IsString() cluster_id!: string;
  @IsIn(CONFIG_TYPES) type!: ConfigType;
  @IsInt() revision!: number;
  @IsString() hash!: string;
  @IsArray() @ValidateNested({ each: true }) @Type(() => RevisionRule) rules!: RevisionRule[];
  @IsString() published_at!: string;
}

/** A render was refused before anybody was served: round trip, promtool, or rules vanished without being withdrawn. */
export class RevisionRefused {
  @IsString() cluster_id!: string;
  @IsIn(CONFIG_TYPES) type!: ConfigType;
  @IsString() reason!: string;
  @IsArray() @ValidateNested({ each: true }) @Type(() => RevisionRule) rules!: RevisionRule[];
  @IsString() refused_at!: string;
}

/** A member's sidecar reported progress, proof or failure on a revision (or a heartbeat that changed nothing, at most every 10 s). */
export class MemberReported {
  @IsString() cluster_id!: string;
  @IsIn(CONFIG_TYPES) type!: ConfigType;
  @IsString() member!: string;
  @IsIn(SIDECAR_STATES) state!: SidecarState;
  @IsOptional() @IsInt() revision?: number | null;
  @IsOptional() @IsString() reason?: string | null;
  @IsOptional() @ValidateNested() @Type(() => TargetReport) target?: TargetReport | null;
  /** The rules of that revision with what the member showed of each. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => RuleReport) rules!: RuleReport[];
  /** True when the member proved that the loaded set is exactly the revision's: rules not listed are proven gone. */
  @IsBoolean() exact!: boolean;
  /** How far the sidecar's clock is ahead of AlertAgent's, in milliseconds; less the time the report took to get here. */
  @IsOptional() @IsNumber() clock_ahead_ms?: number | null;
  /** How often somebody else changed the member's file and its sidecar put it right; null when it does not say. */
  @IsOptional() @IsInt() drift_repaired?: number | null;
  @IsString() reported_at!: string;
}

const owner = 'config' as const;
const key = 'cluster_id' as const;

/** A new revision is being served; rules marks its rules rendered. */
export const revisionPublished = defineEvent({
  owner,
  subject: 'alertagent.config.v1.revision-published',
  payload: RevisionPublished,
  key,
});
/** A render was refused; the previous revision goes on being served. */
export const revisionRefused = defineEvent({
  owner,
  subject: 'alertagent.config.v1.revision-refused',
  payload: RevisionRefused,
  key,
});
/** A member proved a revision loaded (and evaluated). */
export const revisionApplied = defineEvent({
  owner,
  subject: 'alertagent.config.v1.revision-applied',
  payload: MemberReported,
  key,
});
/** A member could not apply a revision and went back to its last good one. */
export const revisionRejected = defineEvent({
  owner,
  subject: 'alertagent.config.v1.revision-rejected',
  payload: MemberReported,
  key,
});
/** A member is alive, or between two steps of applying a revision. */
export const memberReported = defineEvent({
  owner,
  subject: 'alertagent.config.v1.member-reported',
  payload: MemberReported,
  key,
});

export const listRevisions = defineRequest({
  owner,
  subject: 'alertagent.config.v1.list-revisions',
  request: ListRevisions,
  reply: RevisionPage,
});
