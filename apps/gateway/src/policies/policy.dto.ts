import { IsCleanText } from '@alertagent/contracts';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsDefined,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';

/** Conditions and matchers, in characters. */
const LONGEST_CONDITION = 2000;
const MOST_RULES = 200;
const MOST_POINTS = 1000;

/** What makes two events the same alert. */
export class IdentityPolicyInput {
  /** Labels that only say which replica of a pair reports. */
  @IsArray() @ArrayMaxSize(20) @IsString({ each: true }) @MaxLength(200, { each: true }) ignore_labels!: string[];
}

/** When an alert counts as flapping. */
export class FlappingPolicyInput {
  @IsBoolean() enabled!: boolean;
  /** State changes within the window; more than 32 are not remembered. */
  @IsInt() @Min(2) @Max(32) changes!: number;
  /** Prometheus duration, as all durations here: `30m`. */
  @IsString() @MaxLength(50) window!: string;
  /** How long a flapping alert must be quiet before its incident may resolve. */
  @IsString() @MaxLength(50) hold!: string;
}

/** When an incident turns into a storm. */
export class StormPolicyInput {
  @IsInt() @Min(2) @Max(100_000) alerts!: number;
  @IsString() @MaxLength(50) window!: string;
}

/** What alerts of one incident have in common; which other fields there are depends on `by`. */
export class ConvergenceStrategyInput {
  @IsIn(['labels', 'topology', 'text', 'alert']) by!: 'labels' | 'topology' | 'text' | 'alert';
  /** With `labels` and `text`: labels whose values are shared. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @IsString({ each: true })
  @MaxLength(200, { each: true })
  labels?: string[];
  /** With `topology`: labels from the widest place to the narrowest. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(10)
  @IsString({ each: true })
  @MaxLength(200, { each: true })
  levels?: string[];
  /** With `text`: from 0 to 1. */
  @IsOptional() @IsNumber() @Min(0) @Max(1) similarity?: number;
  /** With `labels` and `text`: one incident for all clusters. */
  @IsOptional() @IsBoolean() across_clusters?: boolean;
}

/** How the alerts that it applies to are folded into incidents. */
export class ConvergenceRuleInput {
  @IsCleanText() @MaxLength(100) name!: string;
  /** Alertmanager matchers, all of which must hold. */
  @IsArray() @ArrayMaxSize(50) @IsString({ each: true }) @MaxLength(LONGEST_CONDITION, { each: true }) match!: string[];
  /** CEL, in addition. */
  @IsOptional() @IsString() @MaxLength(LONGEST_CONDITION) condition?: string | null;
  @ValidateNested() @Type(() => ConvergenceStrategyInput) strategy!: ConvergenceStrategyInput;
  @IsString() @MaxLength(50) window!: string;
  @IsIn(['sliding', 'fixed']) window_kind!: 'sliding' | 'fixed';
  @IsInt() @Min(1) @Max(1_000_000) max_alerts!: number;
  @IsString() @MaxLength(50) max_lifetime!: string;
  @IsString() @MaxLength(50) grace!: string;
}

/** Points for alerts that a condition holds for. */
export class PriorityRuleInput {
  @IsCleanText() @MaxLength(100) name!: string;
  @IsString() @MaxLength(LONGEST_CONDITION) condition!: string;
  @IsInt() @Min(-MOST_POINTS) @Max(MOST_POINTS) points!: number;
}

/** Points from a size of the incident on. */
export class BlastRadiusInput {
  @IsOptional() @IsInt() @Min(1) @Max(1_000_000) alerts?: number;
  @IsOptional() @IsInt() @Min(1) @Max(10_000) clusters?: number;
  @IsInt() @Min(-MOST_POINTS) @Max(MOST_POINTS) points!: number;
}

/** Points while a schedule is, or is not, in force. */
export class PriorityTimeInput {
  @IsString() @MaxLength(100) schedule!: string;
  @IsIn(['active', 'inactive']) when!: 'active' | 'inactive';
  @IsInt() @Min(-MOST_POINTS) @Max(MOST_POINTS) points!: number;
}

/** Points when the group had this many incidents in the last 30 days. */
export class PriorityHistoryInput {
  @IsInt() @Min(1) @Max(1_000_000) incidents!: number;
  @IsInt() @Min(-MOST_POINTS) @Max(MOST_POINTS) points!: number;
}

const points = { each: true } as const;

/** Points that add up to a score; the score gives the priority. */
export class PriorityPolicyInput {
  /** By severity: none, info, low or unknown, warning, error, critical. */
  @IsArray()
  @ArrayMinSize(6)
  @ArrayMaxSize(6)
  @IsInt(points)
  @Min(-MOST_POINTS, points)
  @Max(MOST_POINTS, points)
  severity_points!: number[];
  @IsArray()
  @ArrayMaxSize(MOST_RULES)
  @ValidateNested({ each: true })
  @Type(() => PriorityRuleInput)
  rules!: PriorityRuleInput[];
  @IsArray()
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => BlastRadiusInput)
  blast_radius!: BlastRadiusInput[];
  @IsArray()
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => PriorityTimeInput)
  times!: PriorityTimeInput[];
  @IsArray()
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => PriorityHistoryInput)
  history!: PriorityHistoryInput[];
  @IsInt() @Min(-MOST_POINTS) @Max(MOST_POINTS) storm_points!: number;
  /** The lowest scores of P1, P2, P3 and P4. */
  @IsArray()
  @ArrayMinSize(4)
  @ArrayMaxSize(4)
  @IsInt(points)
  @Min(-100_000, points)
  @Max(100_000, points)
  thresholds!: number[];
}

/** A node of the routing tree; a child that matches takes the incident from its parent. */
export class RouteInput {
  @IsCleanText() @MaxLength(100) name!: string;
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @IsString({ each: true })
  @MaxLength(LONGEST_CONDITION, { each: true })
  match?: string[];
  @IsOptional() @IsString() @MaxLength(LONGEST_CONDITION) condition?: string | null;
  /** An n8n workflow; inherited when absent, like the team. */
  @IsOptional() @IsCleanText() @MaxLength(200) workflow?: string | null;
  @IsOptional() @IsCleanText() @MaxLength(100) team?: string | null;
  /** The route applies only while this schedule is in force. */
  @IsOptional() @IsString() @MaxLength(100) schedule?: string | null;
  /** Later siblings are tried as well. */
  @IsOptional() @IsBoolean() continue?: boolean;
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MOST_RULES)
  @ValidateNested({ each: true })
  @Type(() => RouteInput)
  routes?: RouteInput[];
}

/** A part of the week. */
export class ScheduleTimeInput {
  /** `monday` to `sunday`, or ranges such as `monday:friday`; all days when absent. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(7)
  @IsString({ each: true })
  @MaxLength(30, { each: true })
  weekdays?: string[];
  /** `HH:MM`; over midnight when the end is before the start. */
  @IsString() @MaxLength(5) from!: string;
  @IsString() @MaxLength(5) to!: string;
}

/** Times of the week in a time zone. */
export class ScheduleInput {
  /** IANA name. */
  @IsString() @MaxLength(100) time_zone!: string;
  @IsArray()
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => ScheduleTimeInput)
  times!: ScheduleTimeInput[];
}

/** How alerts become incidents, as one document. */
export class PolicyInput {
  @IsDefined() @ValidateNested() @Type(() => IdentityPolicyInput) identity!: IdentityPolicyInput;
  @ValidateNested() @Type(() => FlappingPolicyInput) flapping!: FlappingPolicyInput;
  @IsDefined() @ValidateNested() @Type(() => StormPolicyInput) storm!: StormPolicyInput;
  /** The first rule that applies decides; the last applies to everything. */
  @IsArray()
  @ArrayMaxSize(MOST_RULES)
  @ValidateNested({ each: true })
  @Type(() => ConvergenceRuleInput)
  convergence!: ConvergenceRuleInput[];
  @IsDefined() @ValidateNested() @Type(() => PriorityPolicyInput) priority!: PriorityPolicyInput;
  @ValidateNested() @Type(() => RouteInput) routing!: RouteInput;
  /** Schedules by name: `{"office": {"time_zone": "Europe/Berlin", "times": [{"from": "09:00", "to": "17:00"}]}}`. */
  @IsObject() schedules!: Record<string, unknown>;
}
