import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { defineRequest } from './contract';
import { Done, Nothing, PageQuery } from './kit';
import { IsStringMap } from './validators';

/** What may be wrong with a rule that loads and evaluates. */
export const RULE_FINDINGS = [
  /** The source has no series for a selector of the expression. */
  'no-series',
  /** It has not fired for the number of days asked for, while it was watched. */
  'never-fired',
  /** It has fired without a break for seven days. */
  'always-firing',
  /** Its evaluation, or the loading of its file, fails. */
  'failing',
  /** Its evaluation, or that of its group, takes longer than the interval. */
  'slow',
  /** Another rule of the cluster says the same. */
  'duplicate',
  /** The routing policy names teams, and none of them gets its alerts. */
  'no-route',
  /** Neither its own field nor an annotation names a runbook. */
  'no-runbook',
] as const;
export type RuleFindingKind = (typeof RULE_FINDINGS)[number];

/** One thing that is wrong with one rule on one cluster. */
export class RuleHealthFinding {
  @IsString() rule_id!: string;
  @IsString() rule_name!: string;
  @IsOptional() @IsString() owner?: string | null;
  @IsString() cluster_id!: string;
  @IsString() cluster_name!: string;
  @IsIn(RULE_FINDINGS) finding!: RuleFindingKind;
  @IsString() detail!: string;
  /** Since when it is so, as far as is known; for `never-fired` the last time it fired, or since when it is watched. */
  @IsString() since!: string;
  @IsString() looked_at!: string;
}

/** Whether a cluster's source of series was asked. */
export class RuleHealthSource {
  @IsString() cluster_id!: string;
  @IsString() cluster_name!: string;
  @IsIn(['asked', 'no_address', 'not_allowed', 'failed']) outcome!: 'asked' | 'no_address' | 'not_allowed' | 'failed';
  /** Why not; null when it was. */
  @IsOptional() @IsString() reason?: string | null;
  /** When it was tried last. */
  @IsString() looked_at!: string;
}

export class RuleHealthPage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => RuleHealthFinding) items!: RuleHealthFinding[];
  @IsOptional() @IsString() next_cursor?: string | null;
  /** When the last whole sweep began; null before the first has ended. */
  @IsOptional() @IsString() swept_at?: string | null;
  /** What the gateway could not tell in that sweep: then routes are not judged. Null when it told everything. */
  @IsOptional() @IsString() gateway_reason?: string | null;
  /** Every cluster that rules run on. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => RuleHealthSource) sources!: RuleHealthSource[];
}

export class ListRuleHealth extends PageQuery {
  @IsOptional() @IsIn(RULE_FINDINGS) finding?: RuleFindingKind | null;
  /** Id or name. */
  @IsOptional() @IsString() @MaxLength(100) cluster_id?: string | null;
  @IsOptional() @IsString() @MaxLength(200) owner?: string | null;
  @IsOptional() @IsString() @MaxLength(36) rule_id?: string | null;
  /** `never-fired` means for this many days; 30 unless told. */
  @IsOptional()
  @Matches(/^[1-9]\d{0,2}$/, { message: 'expected a number of days from 1 to 999' })
  days?: string | null;
}

/** What the alerts of a rule look like before anything fires. */
export class RuleLabels {
  @IsString() @MaxLength(36) rule_id!: string;
  /** With `alertname`, and `severity` where it has one. */
  @IsStringMap() labels!: Record<string, string>;
}

export class GetRuleFacts {
  @IsArray() @ArrayMaxSize(500) @ValidateNested({ each: true }) @Type(() => RuleLabels) rules!: RuleLabels[];
}

export class LastFired {
  @IsString() cluster_id!: string;
  /** When the newest incident that the rule opened came in. */
  @IsString() at!: string;
}

export class RuleFactsView {
  @IsString() rule_id!: string;
  /** The teams that the policy in force routes its alerts to. */
  @IsArray() @IsString({ each: true }) teams!: string[];
  @IsArray() @ValidateNested({ each: true }) @Type(() => LastFired) last_fired!: LastFired[];
}

export class RuleFactsPage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => RuleFactsView) rules!: RuleFactsView[];
  /** The policy's version. */
  @IsInt() policy_version!: number;
  /** How many teams its routing names; without any, no rule lacks one. */
  @IsInt() teams_named!: number;
}

export const listRuleHealth = defineRequest({
  owner: 'rules',
  subject: 'alertagent.rules.v1.list-rule-health',
  request: ListRuleHealth,
  reply: RuleHealthPage,
});
/** Begins a sweep now, unless one is going on. */
export const sweepRules = defineRequest({
  owner: 'rules',
  subject: 'alertagent.rules.v1.sweep-rules',
  request: Nothing,
  reply: Done,
});
/** What the gateway knows of rules: who would be told, and when they fired. */
export const getRuleFacts = defineRequest({
  owner: 'gateway',
  subject: 'alertagent.gateway.v1.get-rule-facts',
  request: GetRuleFacts,
  reply: RuleFactsPage,
  timeoutMs: 8000,
});
