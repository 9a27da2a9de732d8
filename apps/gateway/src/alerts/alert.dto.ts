import { CLOCK_SKEWS, type ClockSkew } from '@alertagent/alerting';
import {
  ALERT_STATES,
  DISPOSITIONS,
  IsStringMap,
  IsUtcTime,
  PageQuery,
  type AlertState,
  type Disposition,
} from '@alertagent/contracts';
import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsIn, IsInt, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';

/** Filters of `GET /api/v1/alerts`. */
export class ListAlerts extends PageQuery {
  @IsOptional() @IsIn(ALERT_STATES) status?: AlertState;
  /** The alert name, whole. */
  @IsOptional() @IsString() @MaxLength(4096) name?: string;
  @IsOptional() @IsString() @MaxLength(100) severity?: string;
  @IsOptional() @IsString() @MaxLength(36) cluster_id?: string;
  @IsOptional() @IsString() @MaxLength(36) incident_id?: string;
  /** Only alerts first heard of at or after this UTC time. */
  @IsOptional() @IsUtcTime() since?: string;
  /** `flapping`: of an alert that flaps only the newest episode is listed, with `flap_count`. */
  @IsOptional() @IsIn(['flapping']) collapse?: 'flapping';
}

/** One episode of an alert. */
export class AlertView {
  @IsString() id!: string;
  @IsString() cluster_id!: string;
  @IsString() cluster_name!: string;
  /** Null while suppressed, and for alerts first heard of when they were over. */
  @IsOptional() @IsString() incident_id!: string | null;
  @IsString() name!: string;
  @IsOptional() @IsString() severity!: string | null;
  @IsIn(ALERT_STATES) status!: AlertState;
  @IsStringMap() labels!: Record<string, string>;
  @IsStringMap() annotations!: Record<string, string>;
  @IsString() starts_at!: string;
  @IsOptional() @IsString() ends_at!: string | null;
  /** When AlertAgent first heard of it. */
  @IsString() received_at!: string;
  @IsOptional() @IsString() generator_url!: string | null;
  /** Alertmanager's own fingerprint, for looking it up there. */
  @IsOptional() @IsString() fingerprint!: string | null;
  /** The suppression that hides it. */
  @IsOptional() @IsString() suppressed_by!: string | null;
  /** A label or annotation was too long and is shown cut. */
  @IsBoolean() truncated!: boolean;
  /**
   * Its times cannot be right, so durations and order mean little: `start_in_future`, more than five minutes after it was received, or
   * `end_before_start`. The clock of its source is to be looked at.
   */
  @IsOptional() @IsIn(CLOCK_SKEWS) clock_skew!: ClockSkew | null;
  /** It changes its state so often that single changes say little. */
  @IsBoolean() flapping!: boolean;
  /** For one that flaps: how many times it fired in the hour before its last change, as far as is remembered (16). */
  @IsOptional() @IsInt() flap_count!: number | null;
}

export class AlertPage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => AlertView) items!: AlertView[];
  @IsOptional() @IsString() next_cursor!: string | null;
}

/** One step in an alert's way, with its reason. */
export class AlertTimelineEntry {
  @IsString() at!: string;
  /** A stage of the pipeline (`dedupe`, `suppress`, `converge`), or `incident` for what happened to its incident. */
  @IsString() stage!: string;
  @IsString() outcome!: string;
  @IsString() why!: string;
  /** What the event said; absent for moments of the incident. */
  @IsOptional() @IsIn(ALERT_STATES) event_status?: AlertState | null;
  /** Where the event ended; absent for moments of the incident. */
  @IsOptional() @IsIn(DISPOSITIONS) disposition?: Disposition | null;
}

export class AlertDetail extends AlertView {
  /** How many events told of this episode, repetitions included. */
  @IsInt() event_count!: number;
  @IsArray() @ValidateNested({ each: true }) @Type(() => AlertTimelineEntry) timeline!: AlertTimelineEntry[];
  /** Of very many events the timeline shows the first and the last hundred. */
  @IsBoolean() timeline_shortened!: boolean;
}
