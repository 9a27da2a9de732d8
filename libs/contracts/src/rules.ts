import { Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  MaxLength,
  Min,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { defineEvent, defineRequest } from './contract';
import { Actor, ById, Done, PageQuery } from './kit';
import { IsCleanText, IsLabelMap, IsTargetList } from './validators';

/** A cluster id or name, or a selector over cluster labels. */
export type RuleTarget = string | { labels: Record<string, string> };

/** What a person writes to create or replace an alerting rule. */
export class RuleInput {
  /** Becomes the `alertname`; unique within its group. */
  @IsCleanText() @MaxLength(200) name!: string;
  /** Prometheus rule group; default `alertagent`. */
  @IsOptional() @IsCleanText() @MaxLength(200) group?: string | null;
  /** PromQL. */
  @IsString() @MinLength(1) @MaxLength(20_000) expression!: string;
  /** `for`: how long the expression must hold, as a Prometheus duration such as `5m`. */
  @IsOptional() @IsString() @MaxLength(50) duration?: string | null;
  /** How long the alert goes on firing after the expression stopped holding, as a Prometheus duration. */
  @IsOptional() @IsString() @MaxLength(50) keep_firing_for?: string | null;
  /** Becomes the `severity` label when set. */
  @IsOptional() @IsCleanText() @MaxLength(100) severity?: string | null;
  @IsOptional() @IsLabelMap() labels?: Record<string, string>;
  @IsOptional() @IsLabelMap() annotations?: Record<string, string>;
  @IsTargetList() targets!: RuleTarget[];
}

export class RuleView {
  @IsString() id!: string;
  @IsString() name!: string;
  @IsString() group!: string;
  @IsString() expression!: string;
  @IsOptional() @IsString() duration?: string | null;
  @IsOptional() @IsString() keep_firing_for?: string | null;
  @IsOptional() @IsString() severity?: string | null;
  @IsLabelMap() labels!: Record<string, string>;
  @IsLabelMap() annotations!: Record<string, string>;
  @IsTargetList() targets!: RuleTarget[];
  /** Grows by one with each change. */
  @IsInt() @Min(1) version!: number;
  @IsString() created_at!: string;
  @IsString() updated_at!: string;
}

export class CreateRule {
  @ValidateNested() @Type(() => RuleInput) rule!: RuleInput;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

export class UpdateRule {
  @IsString() id!: string;
  @ValidateNested() @Type(() => RuleInput) rule!: RuleInput;
  /** When given, the change is refused with `conflict` unless this is the current version. */
  @IsOptional() @IsInt() expected_version?: number | null;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

export class DeleteRule {
  @IsString() id!: string;
  @IsOptional() @IsInt() expected_version?: number | null;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

export class ListRules extends PageQuery {
  /** Part of the name, compared without regard to case. */
  @IsOptional() @IsString() @MaxLength(200) name?: string | null;
  @IsOptional() @IsString() @MaxLength(200) group?: string | null;
  @IsOptional() @IsString() @MaxLength(100) severity?: string | null;
  @IsOptional() @IsString() @MaxLength(100) cluster_id?: string | null;
}

export class RulePage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => RuleView) items!: RuleView[];
  @IsOptional() @IsString() next_cursor?: string | null;
}

/** How far a rule version has come on one cluster or member. `live` is said only after the rule was read back and evaluated. */
export const DISTRIBUTION_STATES = [
  'pending',
  'rendered',
  'fetched',
  'written',
  'reloaded',
  'loaded',
  'live',
  'failed',
  'removing',
  'removed',
] as const;
export type DistributionState = (typeof DISTRIBUTION_STATES)[number];

export class DistributionMember {
  /** The replica, e.g. `prometheus-0:9090`. */
  @IsString() name!: string;
  @IsIn(DISTRIBUTION_STATES) status!: DistributionState;
  @IsOptional() @IsString() reason?: string | null;
  @IsOptional() @IsInt() version?: number | null;
  @IsOptional() @IsString() last_report?: string | null;
}

export class DistributionTarget {
  @IsString() cluster_id!: string;
  @IsString() cluster_name!: string;
  @IsIn(DISTRIBUTION_STATES) status!: DistributionState;
  /** The version this cluster should run. */
  @IsInt() version!: number;
  @IsOptional() @IsString() reason?: string | null;
  /** When a sidecar last proved or reported something about it. */
  @IsOptional() @IsString() last_sync?: string | null;
  @IsArray() @ValidateNested({ each: true }) @Type(() => DistributionMember) members!: DistributionMember[];
}

export class RuleDistribution {
  @IsString() rule_id!: string;
  @IsArray() @ValidateNested({ each: true }) @Type(() => DistributionTarget) targets!: DistributionTarget[];
}

/** A rule as `config` renders it for one cluster. */
export class ClusterRule {
  @IsString() rule_id!: string;
  @IsInt() @Min(1) version!: number;
  @IsString() name!: string;
  @IsString() group!: string;
  @IsString() expression!: string;
  @IsOptional() @IsString() duration?: string | null;
  @IsOptional() @IsString() keep_firing_for?: string | null;
  @IsOptional() @IsString() severity?: string | null;
  @IsLabelMap() labels!: Record<string, string>;
  @IsLabelMap() annotations!: Record<string, string>;
}

export class ClusterRules {
  @IsString() cluster_id!: string;
  @IsArray() @ValidateNested({ each: true }) @Type(() => ClusterRule) rules!: ClusterRule[];
  /** Ids of rules somebody explicitly deleted or retargeted away from this cluster: the only rules that may vanish from its file. */
  @IsArray() @IsString({ each: true }) withdrawn_rule_ids!: string[];
}

export class RuleVersionView {
  @IsInt() version!: number;
  @IsString() change!: string;
  @IsString() author!: string;
  @IsString() created_at!: string;
  @ValidateNested() @Type(() => RuleView) rule!: RuleView;
}

export class RuleVersionPage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => RuleVersionView) items!: RuleVersionView[];
  @IsOptional() @IsString() next_cursor?: string | null;
}

export class ListRuleVersions extends PageQuery {
  @IsString() id!: string;
}

/** A rule version became the one to run on a cluster. One event per cluster. */
export class RulePublished {
  @IsString() rule_id!: string;
  @IsInt() version!: number;
  @IsString() name!: string;
  @IsString() cluster_id!: string;
  @IsString() published_at!: string;
  /** `for`: how long the expression must hold before its alerts fire, as a Prometheus duration. Absent or null: they fire at once, or the sender is of a version that did not tell. */
  @IsOptional() @IsString() @MaxLength(50) duration?: string | null;
}

/** A rule must no longer run on a cluster. One event per cluster. */
export class RuleWithdrawn {
  @IsString() rule_id!: string;
  @IsInt() version!: number;
  @IsString() name!: string;
  @IsString() cluster_id!: string;
  /** True when the rule itself was deleted, false when it was only retargeted. */
  @IsBoolean() deleted!: boolean;
  @IsString() withdrawn_at!: string;
}

const owner = 'rules' as const;

/** Sent by rules in the transaction of a create, change or retarget; config re-renders that cluster's rule file. */
export const rulePublished = defineEvent({
  owner,
  subject: 'alertagent.rules.v1.rule-published',
  payload: RulePublished,
  key: 'cluster_id',
});
/** Sent by rules in the transaction of a delete or retarget; config re-renders without it. */
export const ruleWithdrawn = defineEvent({
  owner,
  subject: 'alertagent.rules.v1.rule-withdrawn',
  payload: RuleWithdrawn,
  key: 'cluster_id',
});

export const createRule = defineRequest({
  owner,
  subject: 'alertagent.rules.v1.create-rule',
  request: CreateRule,
  reply: RuleView,
  timeoutMs: 8000,
});
export const updateRule = defineRequest({
  owner,
  subject: 'alertagent.rules.v1.update-rule',
  request: UpdateRule,
  reply: RuleView,
  timeoutMs: 8000,
});
export const deleteRule = defineRequest({
  owner,
  subject: 'alertagent.rules.v1.delete-rule',
  request: DeleteRule,
  reply: Done,
  timeoutMs: 8000,
});
export const getRule = defineRequest({
  owner,
  subject: 'alertagent.rules.v1.get-rule',
  request: ById,
  reply: RuleView,
});
export const listRules = defineRequest({
  owner,
  subject: 'alertagent.rules.v1.list-rules',
  request: ListRules,
  reply: RulePage,
});
export const listRuleVersions = defineRequest({
  owner,
  subject: 'alertagent.rules.v1.list-rule-versions',
  request: ListRuleVersions,
  reply: RuleVersionPage,
});
/** Answers for deleted rules too, so that their removal can be followed to the read-back. */
export const getRuleDistribution = defineRequest({
  owner,
  subject: 'alertagent.rules.v1.get-rule-distribution',
  request: ById,
  reply: RuleDistribution,
});
/** Everything one cluster should run now. */
export const getClusterRules = defineRequest({
  owner,
  subject: 'alertagent.rules.v1.get-cluster-rules',
  request: ById,
  reply: ClusterRules,
});
