import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
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
import type { RuleTarget } from './rules';
import { IsLabelMap, IsTargetList } from './validators';

const GO_DURATION = /^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$/;
const plainUrlMessage = { message: 'expected an http or https URL without user name, query and fragment' };
const durationMessage = { message: 'expected a duration such as 30s or 1m30s' };

/** What evaluates the rules of a cluster. A cluster of kind `alertmanager` has nothing that does, and gets no rules. */
export const CLUSTER_KINDS = ['prometheus', 'victoriametrics', 'alertmanager'] as const;
export type ClusterKind = (typeof CLUSTER_KINDS)[number];

/** `retiring`: its rules are being withdrawn, its tokens still work. `retired`: its tokens are dead; kept to be looked up. */
export const CLUSTER_STATUSES = ['active', 'retiring', 'retired'] as const;
export type ClusterStatus = (typeof CLUSTER_STATUSES)[number];

/** What becomes of the rules on a retired cluster: withdrawn first, or left running where they are. */
export const RETIRED_RULES = ['withdraw', 'keep'] as const;
export type RetiredRules = (typeof RETIRED_RULES)[number];

/** Intervals a cluster's sidecars and health checks use. */
export class ClusterSettings {
  @IsOptional() @Matches(GO_DURATION, durationMessage) sync_interval?: string | null;
  @IsOptional() @Matches(GO_DURATION, durationMessage) health_check_interval?: string | null;
  @IsOptional() @IsInt() @Min(0) @Max(100) retry_attempts?: number | null;
  /** An alert that always fires is rendered beside the cluster's rules, so that a broken way to here is noticed and its broken hop named. Off unless told. */
  @IsOptional() @IsBoolean() canary?: boolean | null;
}

/** Where AlertAgent reaches one Alertmanager of a cluster. */
export class AlertmanagerAddress {
  /** Its own address, not that of a balancer. Requests go there where `security.outbound_allow` lets them. */
  @Matches(/^https?:\/\/[^\s/?#@][^\s?#@]{0,240}$/, plainUrlMessage)
  url!: string;
  /** The name that its sidecar reports under, so that these reports count when a member is chosen. */
  @IsOptional() @IsString() @MinLength(1) @MaxLength(200) member?: string | null;
}

/** What a person writes to register a cluster: a Prometheus/Alertmanager pair or HA set that shares configuration. */
export class ClusterInput {
  /** Unique; letters, digits, `.`, `_`, `-`. */
  @Matches(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, {
    message: 'expected 1 to 100 letters, digits, dots, dashes or underscores',
  })
  name!: string;
  /** What evaluates its rules; `prometheus` unless told. */
  @IsOptional() @IsIn(CLUSTER_KINDS) kind?: ClusterKind | null;
  /** The Alertmanager's URL as people and links reach it. Its health is checked where `security.outbound_allow` lets requests go. */
  @IsOptional() @Matches(/^https?:\/\/[^\s]{1,250}$/, { message: 'expected an http or https URL' }) endpoint?:
    string | null;
  /** Its Alertmanagers, one by one, at most 16. Without them `endpoint` is asked. On a change, left out they stay as they are; null or none removes them. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(16)
  @ArrayUnique((address?: AlertmanagerAddress | null) => address?.url)
  @ValidateNested({ each: true })
  @Type(() => AlertmanagerAddress)
  alertmanagers?: AlertmanagerAddress[] | null;
  /** Where PromQL is asked about this cluster: its Prometheus, its VictoriaMetrics, or a query front end before them; `/api/v1/…` is appended. Requests go there where `security.outbound_allow` lets them. On a change, left out it stays as it is; null removes it. */
  @IsOptional() @Matches(/^https?:\/\/[^\s/?#@][^\s?#@]{0,240}$/, plainUrlMessage) query_url?: string | null;
  @IsOptional() @ValidateNested() @Type(() => ClusterSettings) config?: ClusterSettings | null;
  @IsOptional() @IsLabelMap() labels?: Record<string, string>;
}

/** How a cluster is being, or was, retired. */
export class Retirement {
  @IsIn(RETIRED_RULES) rules!: RetiredRules;
  @IsString() requested_at!: string;
  /** When its tokens died; null while rules are being withdrawn. */
  @IsOptional() @IsString() retired_at?: string | null;
  /** Members that have not shown that the rules are gone: waited for while retiring, and left with their last rules afterwards. */
  @IsArray() @IsString({ each: true }) unproven!: string[];
}

export class ClusterView {
  @IsString() id!: string;
  @IsString() name!: string;
  @IsIn(CLUSTER_KINDS) kind!: ClusterKind;
  @IsIn(CLUSTER_STATUSES) status!: ClusterStatus;
  @IsOptional() @IsString() endpoint?: string | null;
  /** Null in what an older version answers. */
  @IsOptional()
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => AlertmanagerAddress)
  alertmanagers?: AlertmanagerAddress[] | null;
  @IsOptional() @IsString() query_url?: string | null;
  @ValidateNested() @Type(() => ClusterSettings) config!: ClusterSettings;
  @IsLabelMap() labels!: Record<string, string>;
  @IsInt() version!: number;
  @IsString() created_at!: string;
  @IsString() updated_at!: string;
  /** Null while it is active. */
  @IsOptional() @ValidateNested() @Type(() => Retirement) retirement?: Retirement | null;
}

/** Shown once, at registration; only their hashes are kept. */
export class ClusterTokens {
  @IsString() webhook!: string;
  @IsString() sync!: string;
}

export class RegisteredCluster extends ClusterView {
  @ValidateNested() @Type(() => ClusterTokens) tokens!: ClusterTokens;
}

export class RegisterCluster {
  @ValidateNested() @Type(() => ClusterInput) cluster!: ClusterInput;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

export class UpdateCluster {
  @IsString() id!: string;
  @ValidateNested() @Type(() => ClusterInput) cluster!: ClusterInput;
  @IsOptional() @IsInt() expected_version?: number | null;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

/** How to retire a cluster; as the query of `DELETE /api/v1/clusters/{id}`. */
export class RetireOptions {
  /** `keep` unless told. `keep` also ends a retirement that waits for its rules to be gone. */
  @IsOptional() @IsIn(RETIRED_RULES) rules?: RetiredRules | null;
}

export class RetireCluster extends RetireOptions {
  @IsString() id!: string;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

export class ListClusters extends PageQuery {
  @IsOptional() @IsString() @MaxLength(100) name?: string | null;
  /** Active and retiring ones unless told. */
  @IsOptional() @IsIn(CLUSTER_STATUSES) status?: ClusterStatus | null;
}

export class ClusterPage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => ClusterView) items!: ClusterView[];
  @IsOptional() @IsString() next_cursor?: string | null;
}

export class ResolveTargets {
  @IsTargetList() targets!: RuleTarget[];
}

export class ClusterRef {
  @IsString() id!: string;
  @IsString() name!: string;
}

export class ResolvedTargets {
  @IsArray() @ValidateNested({ each: true }) @Type(() => ClusterRef) clusters!: ClusterRef[];
  /** Ids or names in the request that no cluster has. */
  @IsArray() @IsString({ each: true }) unknown!: string[];
}

/** The Alertmanager configuration a cluster should run, as a model; `config` renders it. */
export class DesiredAlertmanagerConfig {
  /** The whole file as a document with references to secrets, when people made layers for the cluster. */
  @IsOptional() @IsObject() document?: object | null;
  /** The secrets of the document by name; one that is missing was never given. */
  @IsOptional() @IsObject() secrets?: Record<string, string>;
  /** The versions of Alertmanager that must load it. */
  @IsOptional() @IsArray() @IsString({ each: true }) versions?: string[];
  @IsString() cluster_id!: string;
  @IsString() webhook_url!: string;
  @IsString() credentials_file!: string;
  @IsArray() @IsString({ each: true }) group_by!: string[];
  @IsString() group_wait!: string;
  @IsString() group_interval!: string;
  @IsString() repeat_interval!: string;
  /** The canary is on: it is repeated more often than anything else. */
  @IsOptional() @IsBoolean() canary?: boolean | null;
}

/** A cluster came into being or its name, labels or settings changed. */
export class ClusterChanged {
  @IsString() cluster_id!: string;
  @IsString() name!: string;
  @IsLabelMap() labels!: Record<string, string>;
  @IsInt() version!: number;
  @IsString() changed_at!: string;
  /** False when rules are to be withdrawn from it and none to be placed: it is being retired, or evaluates none. */
  @IsOptional() @IsBoolean() takes_rules?: boolean | null;
}

export class ClusterRetired {
  @IsString() cluster_id!: string;
  @IsString() name!: string;
  @IsString() retired_at!: string;
}

const owner = 'clusters' as const;
const key = 'cluster_id' as const;

/** A cluster was registered; rules resolves selectors again, config renders its first files. */
export const clusterRegistered = defineEvent({
  owner,
  subject: 'alertagent.clusters.v1.cluster-registered',
  payload: ClusterChanged,
  key,
});
/** A cluster's name, labels or settings changed, or its retirement began. */
export const clusterChanged = defineEvent({
  owner,
  subject: 'alertagent.clusters.v1.cluster-changed',
  payload: ClusterChanged,
  key,
});
/** A cluster is gone and its tokens are dead. Its rules were withdrawn before, or were left where they are. */
export const clusterRetired = defineEvent({
  owner,
  subject: 'alertagent.clusters.v1.cluster-retired',
  payload: ClusterRetired,
  key,
});
export const registerCluster = defineRequest({
  owner,
  subject: 'alertagent.clusters.v1.register-cluster',
  request: RegisterCluster,
  reply: RegisteredCluster,
  timeoutMs: 8000,
});
export const updateCluster = defineRequest({
  owner,
  subject: 'alertagent.clusters.v1.update-cluster',
  request: UpdateCluster,
  reply: ClusterView,
  timeoutMs: 8000,
});
export const retireCluster = defineRequest({
  owner,
  subject: 'alertagent.clusters.v1.retire-cluster',
  request: RetireCluster,
  reply: Done,
  timeoutMs: 8000,
});
export const getCluster = defineRequest({
  owner,
  subject: 'alertagent.clusters.v1.get-cluster',
  request: ById,
  reply: ClusterView,
});
export const listClusters = defineRequest({
  owner,
  subject: 'alertagent.clusters.v1.list-clusters',
  request: ListClusters,
  reply: ClusterPage,
});
/** Ids, names and selectors → clusters, as of now. */
export const resolveTargets = defineRequest({
  owner,
  subject: 'alertagent.clusters.v1.resolve-targets',
  request: ResolveTargets,
  reply: ResolvedTargets,
});
export const getDesiredAlertmanagerConfig = defineRequest({
  owner,
  subject: 'alertagent.clusters.v1.get-alertmanager-config',
  request: ById,
  reply: DesiredAlertmanagerConfig,
});
