import { Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsISO8601,
  IsNumber,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { defineRequest } from './contract';
import { Actor, ById, Done, PageQuery } from './kit';
import { IsCleanText, IsLabelMap } from './validators';

/** What answers PromQL: Prometheus, whose rules it evaluates itself, or VictoriaMetrics with a vmalert before it. */
export const SOURCE_KINDS = ['prometheus', 'victoriametrics'] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

/** `waiting` for a free place; `failed` says why in `error`. */
export const BACKTEST_STATES = ['waiting', 'running', 'done', 'cancelled', 'failed'] as const;
export type BacktestState = (typeof BACKTEST_STATES)[number];

/** A source of PromQL that is no registered cluster. */
export class BacktestSource {
  /** `/api/v1/…` is appended. Asked only where `security.outbound_allow` lets requests go. */
  @Matches(/^https?:\/\/[^\s/?#@][^\s?#@]{0,240}$/, {
    message: 'expected an http or https URL without user name, query and fragment',
  })
  url!: string;
  /** `prometheus` unless told. */
  @IsOptional() @IsIn(SOURCE_KINDS) kind?: SourceKind | null;
}

/** An alerting rule that need not be stored. */
export class BacktestRuleInput {
  /** The alertname; `backtest` unless told. */
  @IsOptional() @IsCleanText() @MaxLength(200) name?: string | null;
  @IsOptional() @IsCleanText() @MaxLength(200) group?: string | null;
  /** PromQL. */
  @IsString() @MinLength(1) @MaxLength(20_000) expression!: string;
  /** `for`, as a Prometheus duration. */
  @IsOptional() @IsString() @MaxLength(50) duration?: string | null;
  @IsOptional() @IsString() @MaxLength(50) keep_firing_for?: string | null;
  @IsOptional() @IsCleanText() @MaxLength(100) severity?: string | null;
  @IsOptional() @IsLabelMap() labels?: Record<string, string>;
  @IsOptional() @IsLabelMap() annotations?: Record<string, string>;
  /** How often its group is evaluated, as a Prometheus duration. */
  @IsOptional() @IsString() @MaxLength(50) interval?: string | null;
  /** The group's limit of active alerts; 0 for none. */
  @IsOptional() @IsInt() @Min(0) @Max(1_000_000) limit?: number | null;
  /** The group's query_offset, as a Prometheus duration. */
  @IsOptional() @IsString() @MaxLength(50) query_offset?: string | null;
}

/** A rule to look at: a stored one, at its current or another version, or one that is written out. */
export class BacktestSubject {
  @IsOptional() @IsString() @MaxLength(36) rule_id?: string | null;
  /** The current one unless told. */
  @IsOptional() @IsInt() @Min(1) version?: number | null;
  @IsOptional() @ValidateNested() @Type(() => BacktestRuleInput) rule?: BacktestRuleInput | null;
}

/** What to find out: when a rule would have fired. Give `rule_id` or `rule`, and `cluster` or `source`. */
export class BacktestInput extends BacktestSubject {
  /** A second version, evaluated at the same times. */
  @IsOptional() @ValidateNested() @Type(() => BacktestSubject) compare?: BacktestSubject | null;
  /** Id or name of a cluster that has a `query_url`. */
  @IsOptional() @IsString() @MaxLength(100) cluster?: string | null;
  @IsOptional() @ValidateNested() @Type(() => BacktestSource) source?: BacktestSource | null;
  /** RFC 3339; seven days before `to` unless told. */
  @IsOptional() @IsISO8601({ strict: true }) from?: string | null;
  /** RFC 3339; now unless told. */
  @IsOptional() @IsISO8601({ strict: true }) to?: string | null;
  /** How often the rule is evaluated, as a Prometheus duration. Unless told: that of the rule's group, else the source's own default, else `1m`. */
  @IsOptional() @IsString() @MaxLength(50) interval?: string | null;
  /** Where days, hours and nights are counted: an IANA time zone, UTC unless told. */
  @IsOptional() @IsCleanText() @MaxLength(100) time_zone?: string | null;
}

/** Which rule a result is about. */
export class BacktestedRule {
  @IsOptional() @IsString() rule_id!: string | null;
  @IsOptional() @IsInt() version!: number | null;
  @IsString() name!: string;
  @IsString() expression!: string;
  @IsOptional() @IsString() duration!: string | null;
  @IsOptional() @IsString() keep_firing_for!: string | null;
}

export class TeamPageCount {
  /** Null for pages that go to no team. */
  @IsOptional() @IsString() team!: string | null;
  @IsInt() pages!: number;
}

/** What the alerts would have meant for people, under the policy in force when the backtest ran. */
export class BacktestPages {
  @IsInt() policy_version!: number;
  @IsInt() incidents!: number;
  @IsInt() pages!: number;
  /** Pages from 22:00 to 06:00. */
  @IsInt() night_pages!: number;
  /** Alert events that were hidden. */
  @IsInt() suppressed!: number;
  @IsArray() @ValidateNested({ each: true }) @Type(() => TeamPageCount) teams!: TeamPageCount[];
}

export class DayFirings {
  /** `2030-01-31`, in the time zone that was asked for. */
  @IsString() date!: string;
  @IsInt() firings!: number;
}

/** What came of one rule. Times are those within the period; seconds are of alerts, so that two alerts that fire at once count twice. */
export class BacktestResult {
  @ValidateNested() @Type(() => BacktestedRule) rule!: BacktestedRule;
  @IsInt() evaluations!: number;
  /** Evaluations at which the rule would have failed; its alerts stay as they are then. */
  @IsInt() failed_evaluations!: number;
  @IsOptional() @IsString() failed_at!: string | null;
  @IsOptional() @IsString() failure!: string | null;
  /** Different alerts that were at least pending. */
  @IsInt() alerts!: number;
  /** Firings that began within the period. */
  @IsInt() firings!: number;
  /** Firings that were on when the period began. */
  @IsInt() firing_at_start!: number;
  @IsInt() firing_at_end!: number;
  /** Times that an alert was pending and went away before it fired. */
  @IsInt() lapses!: number;
  /** Firings that began within 15 minutes after the same alert's last one ended. */
  @IsInt() flaps!: number;
  @IsNumber() firing_seconds!: number;
  @IsNumber() longest_seconds!: number;
  @IsArray() @ValidateNested({ each: true }) @Type(() => DayFirings) by_day!: DayFirings[];
  /** Firings by hour: seven rows from Monday on, of 24 numbers each. */
  @IsArray() by_hour_of_week!: number[][];
  /** Null when the policy could not be had, or there were too many firings; `pages_unknown` says which. */
  @IsOptional() @ValidateNested() @Type(() => BacktestPages) pages!: BacktestPages | null;
  @IsOptional() @IsString() pages_unknown!: string | null;
  /** Labels whose templates are more than labels and values: they were taken as written, so that alerts may be told apart wrongly. */
  @IsArray() @IsString({ each: true }) unexpanded_labels!: string[];
  /** Firings that are counted in nothing, because there were more than are kept. */
  @IsInt() dropped_firings!: number;
  /** Time that the source took to answer. */
  @IsNumber() source_seconds!: number;
}

/** Two rules side by side; alerts are the same when their labels are. Seconds of alerts that fire with both, or with one only. */
export class BacktestComparison {
  @IsNumber() both_seconds!: number;
  @IsNumber() only_first_seconds!: number;
  @IsNumber() only_second_seconds!: number;
  @IsInt() alerts_only_first!: number;
  @IsInt() alerts_only_second!: number;
}

/** A backtest, its progress and what came of it. */
export class BacktestView {
  @IsString() id!: string;
  @IsIn(BACKTEST_STATES) state!: BacktestState;
  @IsString() author!: string;
  @IsString() created_at!: string;
  @IsOptional() @IsString() started_at!: string | null;
  @IsOptional() @IsString() ended_at!: string | null;
  /** Why it failed. */
  @IsOptional() @IsString() error!: string | null;
  @IsOptional() @IsString() cluster_id!: string | null;
  @IsIn(SOURCE_KINDS) source_kind!: SourceKind;
  @IsString() from!: string;
  @IsString() to!: string;
  @IsString() time_zone!: string;
  /** How often the rule is evaluated; null until it is known. */
  @IsOptional() @IsNumber() interval_seconds!: number | null;
  /** Whether evaluations are at the very times at which the source evaluates the rule's group, or at multiples of the interval. */
  @IsBoolean() in_step!: boolean;
  @IsInt() evaluations_done!: number;
  /** Those of both rules, and of the time before `from` that `for` and `keep_firing_for` look back on. 0 until it is known. */
  @IsInt() evaluations_total!: number;
  /** What was asked about. */
  @ValidateNested() @Type(() => BacktestedRule) rule!: BacktestedRule;
  @IsOptional() @ValidateNested() @Type(() => BacktestedRule) compare!: BacktestedRule | null;
  /** Null until it is done. */
  @IsOptional() @ValidateNested() @Type(() => BacktestResult) result!: BacktestResult | null;
  /** The result of the second rule. */
  @IsOptional() @ValidateNested() @Type(() => BacktestResult) compared!: BacktestResult | null;
  @IsOptional() @ValidateNested() @Type(() => BacktestComparison) comparison!: BacktestComparison | null;
}

export class BacktestPage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => BacktestView) items!: BacktestView[];
  @IsOptional() @IsString() next_cursor!: string | null;
}

/** One time that an alert would have fired. */
export class FiringView {
  /** The first evaluation with a result. */
  @IsString() active_at!: string;
  /** The first evaluation at which it fired. */
  @IsString() fired_at!: string;
  /** The first evaluation at which it fired no more; null when it fired at the last one. */
  @IsOptional() @IsString() ended_at!: string | null;
}

/** One alert, and when it would have fired. */
export class BacktestedAlert {
  /** Which of the two rules: `first`, or `second` for the compared one. */
  @IsIn(['first', 'second']) side!: 'first' | 'second';
  @IsLabelMap() labels!: Record<string, string>;
  @IsInt() firing_count!: number;
  @IsInt() flaps!: number;
  @IsNumber() firing_seconds!: number;
  @IsNumber() longest_seconds!: number;
  /** Oldest first; the first 1,000. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => FiringView) firings!: FiringView[];
}

export class BacktestedAlertPage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => BacktestedAlert) items!: BacktestedAlert[];
  @IsOptional() @IsString() next_cursor!: string | null;
}

export class StartBacktest {
  @ValidateNested() @Type(() => BacktestInput) backtest!: BacktestInput;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

export class ListBacktests extends PageQuery {
  @IsOptional() @IsString() @MaxLength(36) rule_id?: string | null;
  @IsOptional() @IsIn(BACKTEST_STATES) state?: BacktestState | null;
}

export class BacktestedAlertsQuery extends PageQuery {
  @IsOptional() @IsIn(['first', 'second']) side?: 'first' | 'second' | null;
}

export class ListBacktestedAlerts extends BacktestedAlertsQuery {
  @IsString() @MaxLength(36) id!: string;
}

/** `cancel` ends it where it is; `delete` does so too, and forgets it. */
export class EndBacktest {
  @IsString() @MaxLength(36) id!: string;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

const owner = 'rules' as const;

/** Errors: `invalid` with pointers; `not_found` for a rule, version or cluster; `conflict` when the cluster has no address; `unavailable` when too many wait. */
export const startBacktest = defineRequest({
  owner,
  subject: 'alertagent.rules.v1.start-backtest',
  request: StartBacktest,
  reply: BacktestView,
  timeoutMs: 8000,
});
export const getBacktest = defineRequest({
  owner,
  subject: 'alertagent.rules.v1.get-backtest',
  request: ById,
  reply: BacktestView,
});
/** Newest first. */
export const listBacktests = defineRequest({
  owner,
  subject: 'alertagent.rules.v1.list-backtests',
  request: ListBacktests,
  reply: BacktestPage,
});
/** The alerts that fired longest come first. */
export const listBacktestedAlerts = defineRequest({
  owner,
  subject: 'alertagent.rules.v1.list-backtested-alerts',
  request: ListBacktestedAlerts,
  reply: BacktestedAlertPage,
});
/** Errors: `not_found`; `conflict` when it has ended. */
export const cancelBacktest = defineRequest({
  owner,
  subject: 'alertagent.rules.v1.cancel-backtest',
  request: EndBacktest,
  reply: BacktestView,
});
export const deleteBacktest = defineRequest({
  owner,
  subject: 'alertagent.rules.v1.delete-backtest',
  request: EndBacktest,
  reply: Done,
});
