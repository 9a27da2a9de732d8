import { SUPPRESSION_KINDS, type SuppressionKind } from '@alertagent/alerting';
import { IsCleanText, IsStringMap, IsUtcTime, PageQuery } from '@alertagent/contracts';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsDefined,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  MaxLength,
  ValidateNested,
} from 'class-validator';

/** Where suppressions come from: those of the configuration file are changed there. */
export const SUPPRESSION_ORIGINS = ['api', 'configuration'] as const;
export type SuppressionOrigin = (typeof SUPPRESSION_ORIGINS)[number];

/** Windows of maintenance that come again and again. */
export class RecurrenceInput {
  /** Five fields: minute, hour, day, month, weekday. When each window begins. */
  @IsString() @MaxLength(100) cron!: string;
  /** IANA name; daylight saving applies. */
  @IsString() @MaxLength(100) time_zone!: string;
  /** How long each window lasts, such as `2h`. */
  @IsString() @MaxLength(50) duration!: string;
}

/** So many alerts in each window. */
export class RateCapInput {
  @IsInt() alerts!: number;
  /** Such as `1h`; windows follow each other. */
  @IsString() @MaxLength(50) window!: string;
  /** Labels for each combination of whose values is counted; `@cluster` is the cluster that sent the alert. */
  @IsArray() @ArrayMaxSize(20) @IsString({ each: true }) @MaxLength(200, { each: true }) per!: string[];
}

/** What a suppression hides, and when; body of `POST` and `PUT /api/v1/suppressions`. */
export class SuppressionInput {
  @IsCleanText() @MaxLength(200) name!: string;
  @IsIn(SUPPRESSION_KINDS) kind!: SuppressionKind;
  /** Who answers for it. */
  @IsCleanText() @MaxLength(200) owner!: string;
  @IsString() @MaxLength(2000) reason!: string;
  /** Switched off it hides nothing; on unless told. */
  @IsOptional() @IsBoolean() enabled?: boolean;
  /** Now, unless told. */
  @IsOptional() @IsUtcTime() starts_at?: string | null;
  /** When it is over. Noise and maintenance that does not recur must have an end. */
  @IsOptional() @IsUtcTime() ends_at?: string | null;
  /** Alertmanager matchers of the alerts to hide, such as `service="api"`; all must hold. */
  @IsOptional() @IsArray() @ArrayMaxSize(50) @IsString({ each: true }) match?: string[];
  /** CEL over `labels`, `annotations`, `name`, `severity` and `cluster`, in addition to the matchers. */
  @IsOptional() @IsString() condition?: string | null;
  /** For `condition`: how long one alert stays hidden, counted from its start, such as `2h`. */
  @IsOptional() @IsString() @MaxLength(50) duration?: string | null;
  /** For `maintenance`. */
  @IsOptional() @ValidateNested() @Type(() => RecurrenceInput) recurrence?: RecurrenceInput | null;
  /** For `inhibition` and `dependency`: matchers of the alert that hides others while it fires. */
  @IsOptional() @IsArray() @ArrayMaxSize(50) @IsString({ each: true }) source?: string[];
  /** Labels both must have with the same value; `@cluster` is the cluster that sent the alert. */
  @IsOptional() @IsArray() @ArrayMaxSize(20) @IsString({ each: true }) @MaxLength(200, { each: true }) equal?: string[];
  /** For `rate_cap`. */
  @IsOptional() @ValidateNested() @Type(() => RateCapInput) cap?: RateCapInput | null;
  /** For `noise`: the alerts by the hash of their labels, as suggestions name them. */
  @IsOptional() @IsArray() @ArrayMaxSize(1000) @IsString({ each: true }) label_hashes?: string[];
}

/** Filters of `GET /api/v1/suppressions`. */
export class ListSuppressions extends PageQuery {
  @IsOptional() @IsIn(SUPPRESSION_KINDS) kind?: SuppressionKind;
  /** `true`: those that may hide alerts at this moment; `false`: the others. */
  @IsOptional() @IsIn(['true', 'false']) active?: 'true' | 'false';
  @IsOptional() @IsString() @MaxLength(200) owner?: string;
  /** `api` unless told. */
  @IsOptional() @IsIn(SUPPRESSION_ORIGINS) origin?: SuppressionOrigin;
}

export class SuppressionView {
  @IsString() id!: string;
  @IsString() name!: string;
  @IsIn(SUPPRESSION_KINDS) kind!: SuppressionKind;
  @IsString() owner!: string;
  @IsString() reason!: string;
  @IsBoolean() enabled!: boolean;
  /** Switched on and within its time; recurring windows have pauses in it. */
  @IsBoolean() active!: boolean;
  @IsIn(SUPPRESSION_ORIGINS) origin!: SuppressionOrigin;
  @IsString() starts_at!: string;
  @IsOptional() @IsString() ends_at!: string | null;
  @IsArray() @IsString({ each: true }) match!: string[];
  @IsOptional() @IsString() condition!: string | null;
  @IsOptional() @IsString() duration!: string | null;
  @IsOptional() @ValidateNested() @Type(() => RecurrenceInput) recurrence!: RecurrenceInput | null;
  @IsArray() @IsString({ each: true }) source!: string[];
  @IsArray() @IsString({ each: true }) equal!: string[];
  @IsOptional() @ValidateNested() @Type(() => RateCapInput) cap!: RateCapInput | null;
  @IsArray() @IsString({ each: true }) label_hashes!: string[];
  /** Counts changes; its ETag. */
  @IsInt() version!: number;
  @IsString() created_at!: string;
  @IsString() updated_at!: string;
}

export class SuppressionPage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => SuppressionView) items!: SuppressionView[];
  @IsOptional() @IsString() next_cursor!: string | null;
}

/** What a suppression has hidden so far. Alerts that outlived it are not counted: they have incidents. */
export class HiddenCounts {
  @IsInt() total!: number;
  /** Hidden at this moment. */
  @IsInt() firing!: number;
  @IsInt() critical!: number;
  /** Counts by the severity as the alerts spell it; "" for none. */
  @IsObject() by_severity!: Record<string, number>;
  /** When the youngest of them was first heard of. */
  @IsOptional() @IsString() last_hidden_at!: string | null;
}

export class SuppressionDetail extends SuppressionView {
  @IsDefined() @ValidateNested() @Type(() => HiddenCounts) hidden!: HiddenCounts;
}

/** Alerts of one label set that come and go by themselves, and the suppression that would hide them. */
export class NoiseSuggestion {
  @IsString() label_hash!: string;
  @IsString() name!: string;
  @IsOptional() @IsString() severity!: string | null;
  @IsString() cluster_id!: string;
  @IsString() cluster_name!: string;
  @IsStringMap() labels!: Record<string, string>;
  /** How often it fired and resolved in the last days, without anybody who acknowledged it. */
  @IsInt() episodes!: number;
  @IsInt() median_duration_seconds!: number;
  @IsString() last_started_at!: string;
  /** Ready to be created, once somebody answers for it as `owner`. */
  @IsObject() draft!: Record<string, unknown>;
}

export class NoiseSuggestions {
  @IsArray() @ValidateNested({ each: true }) @Type(() => NoiseSuggestion) items!: NoiseSuggestion[];
  /** There is one page: the noisiest. */
  @IsOptional() @IsString() next_cursor!: string | null;
  /** From when on alerts were looked at. */
  @IsString() since!: string;
}
