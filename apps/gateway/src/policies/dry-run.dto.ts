import { ALERT_STATES, IsStringMap, IsUtcTime, type AlertState } from '@alertagent/contracts';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsDefined,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { PriorityFactorView, RouteView } from '../incidents/incident.dto';
import { PolicyFindingView } from './policies.dto';
import { PolicyInput } from './policy.dto';

/** As alerts have it, nanoseconds included. */
const ALERT_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/;
const TIME_MESSAGE = { message: 'expected a UTC time such as 2030-01-31T00:00:00Z' };

/** An alert to try a policy on. */
export class SampleAlert {
  @IsStringMap() labels!: Record<string, string>;
  @IsOptional() @IsStringMap() annotations?: Record<string, string>;
  /** `firing` unless told. */
  @IsOptional() @IsIn(ALERT_STATES) status?: AlertState;
  /** Id of the cluster that it comes from. */
  @IsOptional() @IsString() @MaxLength(36) cluster_id?: string;
  /** `at` unless told. */
  @IsOptional() @Matches(ALERT_TIME, TIME_MESSAGE) starts_at?: string;
}

/** What to try. */
export class DryRunInput {
  /** The policy in force unless told. */
  @IsOptional() @ValidateNested() @Type(() => PolicyInput) policy?: PolicyInput | null;
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => SampleAlert)
  alerts!: SampleAlert[];
  /** When the alerts arrive; now unless told. */
  @IsOptional() @IsUtcTime() at?: string;
}

/** How urgent. */
export class PriorityView {
  /** 1 to 5. */
  @IsInt() @Min(1) priority!: number;
  @IsInt() score!: number;
  @IsArray() @ValidateNested({ each: true }) @Type(() => PriorityFactorView) factors!: PriorityFactorView[];
}

/** Why a route was taken, or not. */
export class RouteReasonView {
  @IsArray() @IsString({ each: true }) path!: string[];
  @IsBoolean() taken!: boolean;
  @IsString() why!: string;
}

/** The convergence rule an alert falls under. */
export class GroupingView {
  @IsString() rule!: string;
  /** How it groups: `labels`, `topology`, `text` or `alert`. */
  @IsString() by!: string;
  @IsString() group_key!: string;
  /** The labels that its incident is named after. */
  @IsStringMap() group_labels!: Record<string, string>;
  /** Keys of the incidents it may join, the preferred one first. */
  @IsArray() @IsString({ each: true }) may_join!: string[];
}

/** What hides an alert. */
export class SampleSuppressionView {
  @IsString() id!: string;
  @IsString() name!: string;
  @IsString() why!: string;
}

/** What a policy makes of one sample alert when nothing else is going on. */
export class SampleOutcome {
  @IsDefined() @ValidateNested() @Type(() => GroupingView) grouping!: GroupingView;
  /** By maintenance, a condition or known noise; what depends on other alerts does not count here. */
  @IsOptional() @ValidateNested() @Type(() => SampleSuppressionView) suppressed_by!: SampleSuppressionView | null;
  @ValidateNested() @Type(() => PriorityView) priority!: PriorityView;
  @IsArray() @ValidateNested({ each: true }) @Type(() => RouteView) routes!: RouteView[];
  /** Every route that was looked at, or passed over. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => RouteReasonView) route_reasons!: RouteReasonView[];
}

/** One outcome for each sample. */
export class DryRunView {
  /** The version in force that it was tried with; null for a policy of the request. */
  @IsOptional() @IsInt() policy_version!: number | null;
  @IsString() at!: string;
  @IsArray() @ValidateNested({ each: true }) @Type(() => PolicyFindingView) warnings!: PolicyFindingView[];
  @IsArray() @ValidateNested({ each: true }) @Type(() => SampleOutcome) items!: SampleOutcome[];
}
