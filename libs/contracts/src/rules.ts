import { Type } from 'class-transformer';
import {
  Allow,
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { defineEvent, defineRequest } from './contract';
import { Actor, ById, Done, PageQuery } from './kit';
import {
  IsCleanText,
  IsParameterMap,
  IsRuleTarget,
  IsRuleTextMap,
  IsTargetList,
  IsTargetListOrNone,
} from './validators';

/** A cluster id or name, or a selector over cluster labels. */
export type RuleTarget = string | { labels: Record<string, string> };

/** `alerting` rules fire alerts, `recording` rules write series. */
export const RULE_KINDS = ['alerting', 'recording'] as const;
export type RuleKind = (typeof RULE_KINDS)[number];

/** Values for the placeholders of a rule, by name: `${threshold}` in expression, durations, label and annotation values. Only names that are declared here are placeholders. */
export type RuleParameters = Record<string, number | string>;

/** What is different about a rule on some clusters. A field that is left out is as in the rule; where several overrides match a cluster, the later one wins, field by field. */
export class RuleOverride {
  /** A cluster id or name, or a selector over cluster labels. Clusters that the rule does not run on are unaffected. */
  @IsRuleTarget() target!: RuleTarget;
  /** Other values for parameters that the rule declares. */
  @IsOptional() @IsParameterMap() parameters?: RuleParameters | null;
  @IsOptional() @IsString() @MaxLength(50) duration?: string | null;
  @IsOptional() @IsString() @MaxLength(50) keep_firing_for?: string | null;
  @IsOptional() @IsCleanText() @MaxLength(100) severity?: string | null;
  /** Added to the rule's labels, and instead of those of the same name. */
  @IsOptional() @IsRuleTextMap() labels?: Record<string, string> | null;
  /** False: the rule is withdrawn from these clusters. */
  @IsOptional() @IsBoolean() enabled?: boolean | null;
}

/** What a person writes to create or replace a rule. What is left out takes its default; `position` stays as it is on a change. */
export class RuleInput {
  /** `alerting` unless told. A recording rule has no durations, severity, runbook and annotations. */
  @IsOptional() @IsIn(RULE_KINDS) kind?: RuleKind | null;
  /** Becomes the `alertname`, or the name of the series that a recording rule writes. Two rules of a group may share it when severity or labels differ. */
  @IsCleanText() @MaxLength(200) name!: string;
  /** Like a rule file: group names are unique within it. None unless told. */
  @IsOptional() @IsString() @MaxLength(200) namespace?: string | null;
  /** Prometheus rule group; default `alertagent`. It is made when it does not exist. */
  @IsOptional() @IsCleanText() @MaxLength(200) group?: string | null;
  /** Its place among the rules of its group, which are evaluated in this order; at the end unless told. */
  @IsOptional() @IsInt() @Min(0) @Max(1_000_000) position?: number | null;
  /** PromQL. */
  @IsString() @MinLength(1) @MaxLength(20_000) expression!: string;
  /** `for`: how long the expression must hold, as a Prometheus duration such as `5m`. */
  @IsOptional() @IsString() @MaxLength(50) duration?: string | null;
  /** How long the alert goes on firing after the expression stopped holding, as a Prometheus duration. */
  @IsOptional() @IsString() @MaxLength(50) keep_firing_for?: string | null;
  /** Becomes the `severity` label when set. */
  @IsOptional() @IsCleanText() @MaxLength(100) severity?: string | null;
  @IsOptional() @IsRuleTextMap() labels?: Record<string, string>;
  @IsOptional() @IsRuleTextMap(16_384) annotations?: Record<string, string>;
  /** The team that answers for it. Not part of what Prometheus loads. */
  @IsOptional() @IsCleanText() @MaxLength(100) owner?: string | null;
  /** What to do when it fires, as a URL; becomes the annotation `runbook_url`. */
  @IsOptional() @Matches(/^https?:\/\/[^\s]{1,990}$/, { message: 'expected an http or https URL' }) runbook?:
    string | null;
  /** For people who read the rule. Not part of what Prometheus loads. */
  @IsOptional() @IsString() @MaxLength(4000) description?: string | null;
  /** False: it is kept and runs nowhere. */
  @IsOptional() @IsBoolean() enabled?: boolean | null;
  @IsTargetList() targets!: RuleTarget[];
  @IsOptional() @IsParameterMap() parameters?: RuleParameters | null;
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(200)
  @ValidateNested({ each: true })
  @Type(() => RuleOverride)
  overrides?: RuleOverride[] | null;
  /** Why, for those who read the history; kept with the version, no part of the rule. */
  @IsOptional() @IsCleanText() @MaxLength(1000) reason?: string | null;
}

/** A rule as it stands. Fields that are optional here are absent in what an older version stored or answers. */
export class RuleView {
  @IsString() id!: string;
  @IsOptional() @IsIn(RULE_KINDS) kind?: RuleKind;
  @IsString() name!: string;
  /** Empty when it has none. */
  @IsOptional() @IsString() namespace?: string;
  @IsString() group!: string;
  @IsOptional() @IsInt() position?: number;
  @IsString() expression!: string;
  @IsOptional() @IsString() duration?: string | null;
  @IsOptional() @IsString() keep_firing_for?: string | null;
  @IsOptional() @IsString() severity?: string | null;
  @IsRuleTextMap() labels!: Record<string, string>;
  @IsRuleTextMap(16_384) annotations!: Record<string, string>;
  @IsOptional() @IsString() owner?: string | null;
  @IsOptional() @IsString() runbook?: string | null;
  @IsOptional() @IsString() description?: string | null;
  @IsOptional() @IsBoolean() enabled?: boolean;
  /** None for a rule that was taken in without any: it runs nowhere until it gets some. */
  @IsTargetListOrNone() targets!: RuleTarget[];
  @IsOptional() @IsParameterMap() parameters?: RuleParameters;
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => RuleOverride) overrides?: RuleOverride[];
  /** Grows by one with each change. */
  @IsInt() @Min(1) version!: number;
  @IsString() created_at!: string;
  @IsString() updated_at!: string;
  /** When it was deleted; null or absent while it is not. */
  @IsOptional() @IsString() deleted_at?: string | null;
}

export class CreateRule {
  @ValidateNested() @Type(() => RuleInput) rule!: RuleInput;
  /** Takes a rule that its group has already (same kind, name, severity and labels), as a rule file may hold it. Refused with `conflict` unless told. */
  @IsOptional() @IsBoolean() allow_duplicate?: boolean | null;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

export class UpdateRule {
  @IsString() id!: string;
  @ValidateNested() @Type(() => RuleInput) rule!: RuleInput;
  /** When given, the change is refused with `conflict` (`version_mismatch`) unless this is the current version. */
  @IsOptional() @IsInt() expected_version?: number | null;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

export class DeleteRule {
  @IsString() id!: string;
  @IsOptional() @IsInt() expected_version?: number | null;
  @IsOptional() @IsCleanText() @MaxLength(1000) reason?: string | null;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

export class RestoreRule {
  @IsString() id!: string;
  @IsOptional() @IsCleanText() @MaxLength(1000) reason?: string | null;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

/** `-` before a field: the other way round. `created`: by age; `group`: by namespace, group and position. */
export const RULE_ORDERS = ['-created', 'created', 'name', '-name', 'updated', '-updated', 'group'] as const;
export type RuleOrder = (typeof RULE_ORDERS)[number];

/** Which rules to list. What is given must all be so. */
export class ListRules extends PageQuery {
  /** Part of the name, compared without regard to case. */
  @IsOptional() @IsString() @MaxLength(200) name?: string | null;
  /** Part of the name, the expression, a label, an annotation, owner or description, compared without regard to case. */
  @IsOptional() @IsString() @MaxLength(200) text?: string | null;
  @IsOptional() @IsIn(RULE_KINDS) kind?: RuleKind | null;
  @IsOptional() @IsString() @MaxLength(200) namespace?: string | null;
  @IsOptional() @IsString() @MaxLength(200) group?: string | null;
  @IsOptional() @IsString() @MaxLength(100) severity?: string | null;
  @IsOptional() @IsString() @MaxLength(100) owner?: string | null;
  @IsOptional() @IsBoolean() enabled?: boolean | null;
  /** Id or name of a cluster: rules that should run there. */
  @IsOptional() @IsString() @MaxLength(100) cluster_id?: string | null;
  /** Matchers over the rule's labels as Prometheus writes them, such as `team="web",tier=~"a|b"`; `severity` is among them. */
  @IsOptional() @IsString() @MaxLength(1000) labels?: string | null;
  /** True: the deleted ones instead. */
  @IsOptional() @IsBoolean() deleted?: boolean | null;
  /** `-created` unless told. */
  @IsOptional() @IsIn(RULE_ORDERS) sort?: RuleOrder | null;
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

export const RULE_HOLDS = ['approval', 'tests'] as const;

/** What keeps the newest version of a rule, or its deletion, from the clusters; what ran before goes on. */
export class RuleHold {
  @IsIn(RULE_HOLDS) by!: (typeof RULE_HOLDS)[number];
  /** The version that is held back. */
  @IsInt() @Min(1) version!: number;
  /** Why, and what lets it go. */
  @IsString() reason!: string;
  /** Of `/rule-approvals`. */
  @IsOptional() @IsString() approval_id?: string | null;
}

export class RuleDistribution {
  @IsString() rule_id!: string;
  @IsArray() @ValidateNested({ each: true }) @Type(() => DistributionTarget) targets!: DistributionTarget[];
  /** Empty when nothing holds the newest version back. */
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => RuleHold) held?: RuleHold[];
}

/** A rule as it is on one cluster and as `config` renders it: overrides applied, parameters filled in. */
export class ClusterRule {
  @IsString() rule_id!: string;
  @IsInt() @Min(1) version!: number;
  @IsOptional() @IsIn(RULE_KINDS) kind?: RuleKind;
  @IsString() name!: string;
  @IsOptional() @IsString() namespace?: string;
  @IsString() group!: string;
  @IsOptional() @IsInt() position?: number;
  @IsString() expression!: string;
  @IsOptional() @IsString() duration?: string | null;
  @IsOptional() @IsString() keep_firing_for?: string | null;
  @IsOptional() @IsString() severity?: string | null;
  @IsRuleTextMap() labels!: Record<string, string>;
  @IsRuleTextMap(16_384) annotations!: Record<string, string>;
  /** An override made it other than the rule is written. */
  @IsOptional() @IsBoolean() overridden?: boolean;
}

/** The settings of a rule group as `config` renders them. */
export class ClusterRuleGroup {
  @IsString() namespace!: string;
  @IsString() name!: string;
  @IsOptional() @IsString() interval?: string | null;
  @IsOptional() @IsInt() limit?: number | null;
  @IsOptional() @IsString() query_offset?: string | null;
  @IsRuleTextMap() labels!: Record<string, string>;
}

export class ClusterRules {
  @IsString() cluster_id!: string;
  /** Groups that have settings; absent in what an older version answers. */
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => ClusterRuleGroup) groups?: ClusterRuleGroup[];
  @IsArray() @ValidateNested({ each: true }) @Type(() => ClusterRule) rules!: ClusterRule[];
  /** Ids of rules somebody explicitly deleted or retargeted away from this cluster: the only rules that may vanish from its file. */
  @IsArray() @IsString({ each: true }) withdrawn_rule_ids!: string[];
}

export class GetRuleOnCluster {
  @IsString() @MaxLength(100) id!: string;
  /** Id or name. */
  @IsString() @MaxLength(100) cluster!: string;
}

/** One field that is different on a cluster. */
export class OverriddenField {
  /** JSON pointer into the rule, such as `/duration` or `/parameters/threshold`. */
  @IsString() field!: string;
  /** The place in the rule that makes it so, such as `/overrides/1`. */
  @IsString() source!: string;
  /** As the rule says it; null when it says nothing. */
  @Allow() value!: unknown;
  /** As it is there. */
  @Allow() instead!: unknown;
}

/** What one cluster makes of a rule. */
export class RuleOnCluster {
  @IsString() rule_id!: string;
  @IsString() cluster_id!: string;
  @IsString() cluster_name!: string;
  /** It should run there: targeted, enabled, and not refused for the version of the cluster's Prometheus. */
  @IsBoolean() runs!: boolean;
  /** Why it does not run there; null when it does. */
  @IsOptional() @IsString() reason?: string | null;
  /** The rule as it is, or would be, rendered there. */
  @ValidateNested() @Type(() => ClusterRule) rule!: ClusterRule;
  @IsArray() @ValidateNested({ each: true }) @Type(() => OverriddenField) overridden!: OverriddenField[];
}

export class RuleVersionView {
  @IsInt() version!: number;
  @IsString() change!: string;
  @IsString() author!: string;
  /** Why, in the author's words. */
  @IsOptional() @IsString() reason?: string | null;
  /** The earlier version whose content it brings back. */
  @IsOptional() @IsInt() restores?: number | null;
  /** SHA-256 of the content: versions that say the same have the same. */
  @IsOptional() @IsString() content_hash?: string | null;
  /** `seq` of the entry of the rules service in the audit log that tells of this change. */
  @IsOptional() @IsInt() audit_seq?: number | null;
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

/** What a cluster should run changed although no rule has a new version. */
export class ClusterRulesChanged {
  @IsString() cluster_id!: string;
  @IsString() changed_at!: string;
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

/** Sent by rules when the settings of a group changed, other overrides apply on a cluster, or one of its members runs another version; config renders its rule file again. */
export const clusterRulesChanged = defineEvent({
  owner,
  subject: 'alertagent.rules.v1.cluster-rules-changed',
  payload: ClusterRulesChanged,
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
/** Brings a deleted rule back as its next version. Errors: `not_found`; `conflict` when it is not deleted or the group has a rule like it by now; `invalid` when a target is gone. */
export const restoreRule = defineRequest({
  owner,
  subject: 'alertagent.rules.v1.restore-rule',
  request: RestoreRule,
  reply: RuleView,
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
/** Errors: `not_found` when there is no such rule or cluster. */
export const getRuleOnCluster = defineRequest({
  owner,
  subject: 'alertagent.rules.v1.get-rule-on-cluster',
  request: GetRuleOnCluster,
  reply: RuleOnCluster,
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
