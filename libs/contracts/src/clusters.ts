import { Type } from 'class-transformer';
import {
  IsArray,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { defineEvent, defineRequest } from './contract';
import { Actor, ById, Done, PageQuery } from './kit';
import type { RuleTarget } from './rules';
import { IsLabelMap, IsTargetList, IsUtcTime } from './validators';

const GO_DURATION = /^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$/;
const durationMessage = { message: 'expected a duration such as 30s or 1m30s' };

/** Intervals a cluster's sidecars and health checks use. */
export class ClusterSettings {
  @IsOptional() @Matches(GO_DURATION, durationMessage) sync_interval?: string | null;
  @IsOptional() @Matches(GO_DURATION, durationMessage) health_check_interval?: string | null;
  @IsOptional() @IsInt() @Min(0) @Max(100) retry_attempts?: number | null;
}

/** What a person writes to register a cluster: a Prometheus/Alertmanager pair or HA set that shares configuration. */
export class ClusterInput {
  /** Unique; letters, digits, `.`, `_`, `-`. */
  @Matches(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, {
    message: 'expected 1 to 100 letters, digits, dots, dashes or underscores',
  })
  name!: string;
  /** The Alertmanager's URL as people and links reach it; never fetched by the service. */
  @IsOptional() @Matches(/^https?:\/\/[^\s]{1,250}$/, { message: 'expected an http or https URL' }) endpoint?:
    string | null;
  @IsOptional() @ValidateNested() @Type(() => ClusterSettings) config?: ClusterSettings | null;
  @IsOptional() @IsLabelMap() labels?: Record<string, string>;
}

export class ClusterView {
  @IsString() id!: string;
  @IsString() name!: string;
  @IsOptional() @IsString() endpoint?: string | null;
  @ValidateNested() @Type(() => ClusterSettings) config!: ClusterSettings;
  @IsLabelMap() labels!: Record<string, string>;
  @IsInt() version!: number;
  @IsString() created_at!: string;
  @IsString() updated_at!: string;
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

export class RetireCluster {
  @IsString() id!: string;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

export class ListClusters extends PageQuery {
  @IsOptional() @IsString() @MaxLength(100) name?: string | null;
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

export const CLUSTER_TOKEN_PURPOSES = ['webhook', 'sync'] as const;
export type ClusterTokenPurpose = (typeof CLUSTER_TOKEN_PURPOSES)[number];

export class ClusterTokenView {
  @IsString() id!: string;
  @IsString() cluster_id!: string;
  @IsIn(CLUSTER_TOKEN_PURPOSES) purpose!: ClusterTokenPurpose;
  @IsString() name!: string;
  @IsString() created_at!: string;
  @IsOptional() @IsString() expires_at?: string | null;
  @IsOptional() @IsString() revoked_at?: string | null;
}

export class ClusterTokenList {
  @IsArray() @ValidateNested({ each: true }) @Type(() => ClusterTokenView) items!: ClusterTokenView[];
}

/** What a person writes to issue one more token for a cluster, e.g. to rotate. */
export class ClusterTokenInput {
  @IsIn(CLUSTER_TOKEN_PURPOSES) purpose!: ClusterTokenPurpose;
  @IsOptional() @IsString() @MaxLength(200) name?: string | null;
  @IsOptional() @IsUtcTime() expires_at?: string | null;
}

export class IssueClusterToken extends ClusterTokenInput {
  @IsString() cluster_id!: string;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

export class IssuedClusterToken extends ClusterTokenView {
  /** Shown once. */
  @IsString() token!: string;
}

export class RevokeClusterToken {
  @IsString() cluster_id!: string;
  @IsString() token_id!: string;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

export class FindClusterToken {
  /** SHA-256 of the token, hex. */
  @Matches(/^[0-9a-f]{64}$/) token_hash!: string;
}

/** What a holder of the token may do; enough to authenticate it elsewhere. */
export class ClusterTokenGrant {
  @IsString() token_id!: string;
  @IsString() cluster_id!: string;
  @IsString() cluster_name!: string;
  @IsIn(CLUSTER_TOKEN_PURPOSES) purpose!: ClusterTokenPurpose;
  @Matches(/^[0-9a-f]{64}$/) token_hash!: string;
  @IsOptional() @IsString() expires_at?: string | null;
}

export class ClusterTokenRevoked {
  @IsString() token_id!: string;
  @IsString() cluster_id!: string;
  @Matches(/^[0-9a-f]{64}$/) token_hash!: string;
  @IsString() revoked_at!: string;
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
}

export const CLUSTER_HEALTH_STATES = ['healthy', 'warning', 'critical', 'unknown'] as const;
export type ClusterHealthState = (typeof CLUSTER_HEALTH_STATES)[number];

export class MemberHealth {
  @IsString() name!: string;
  /** `prometheus-rules` or `alertmanager-config`: what its sidecar looks after. */
  @IsString() type!: string;
  @IsIn(CLUSTER_HEALTH_STATES) status!: ClusterHealthState;
  @IsOptional() @IsString() reason?: string | null;
  @IsOptional() @IsString() version?: string | null;
  @IsOptional() @IsString() last_seen?: string | null;
  @IsOptional() @IsNumber() response_ms?: number | null;
}

export class ClusterHealthMetrics {
  /** Median response time of the members' own health endpoints, e.g. `12ms`. */
  @IsOptional() @IsString() response_time?: string | null;
  /** Share of heartbeats in the last hour that found the member healthy, e.g. `99.9%`. */
  @IsOptional() @IsString() success_rate?: string | null;
}

export class ClusterHealthView {
  @IsString() id!: string;
  @IsString() name!: string;
  @IsIn(CLUSTER_HEALTH_STATES) status!: ClusterHealthState;
  @IsOptional() @IsString() last_check?: string | null;
  @ValidateNested() @Type(() => ClusterHealthMetrics) metrics!: ClusterHealthMetrics;
  @IsArray() @ValidateNested({ each: true }) @Type(() => MemberHealth) members!: MemberHealth[];
}

export class ListClusterHealth extends PageQuery {
  @IsOptional() @IsIn(CLUSTER_HEALTH_STATES) status?: ClusterHealthState | null;
}

export class ClusterHealthPage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => ClusterHealthView) items!: ClusterHealthView[];
  @IsOptional() @IsString() next_cursor?: string | null;
}

/** A cluster came into being or its name, labels or settings changed. */
export class ClusterChanged {
  @IsString() cluster_id!: string;
  @IsString() name!: string;
  @IsLabelMap() labels!: Record<string, string>;
  @IsInt() version!: number;
  @IsString() changed_at!: string;
}

export class ClusterRetired {
  @IsString() cluster_id!: string;
  @IsString() name!: string;
  @IsString() retired_at!: string;
}

export class ClusterHealthChanged {
  @IsString() cluster_id!: string;
  @IsString() name!: string;
  @IsIn(CLUSTER_HEALTH_STATES) status!: ClusterHealthState;
  @IsIn(CLUSTER_HEALTH_STATES) previous!: ClusterHealthState;
  @IsOptional() @IsString() reason?: string | null;
  @IsString() changed_at!: string;
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
/** A cluster's name, labels or settings changed. */
export const clusterChanged = defineEvent({
  owner,
  subject: 'alertagent.clusters.v1.cluster-changed',
  payload: ClusterChanged,
  key,
});
/** A cluster is gone; its rules are withdrawn and its tokens are dead. */
export const clusterRetired = defineEvent({
  owner,
  subject: 'alertagent.clusters.v1.cluster-retired',
  payload: ClusterRetired,
  key,
});
/** The health shown to people changed, after hysteresis. */
export const clusterHealthChanged = defineEvent({
  owner,
  subject: 'alertagent.clusters.v1.cluster-health-changed',
  payload: ClusterHealthChanged,
  key,
});
/** A machine token exists; gateway and config keep its hash so that they can authenticate without asking. */
export const clusterTokenIssued = defineEvent({
  owner,
  subject: 'alertagent.clusters.v1.token-issued',
  payload: ClusterTokenGrant,
  key,
});
/** A machine token must no longer be accepted anywhere. */
export const clusterTokenRevoked = defineEvent({
  owner,
  subject: 'alertagent.clusters.v1.token-revoked',
  payload: ClusterTokenRevoked,
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
export const listClusterHealth = defineRequest({
  owner,
  subject: 'alertagent.clusters.v1.list-cluster-health',
  request: ListClusterHealth,
  reply: ClusterHealthPage,
});
/** Ids, names and selectors → clusters, as of now. */
export const resolveTargets = defineRequest({
  owner,
  subject: 'alertagent.clusters.v1.resolve-targets',
  request: ResolveTargets,
  reply: ResolvedTargets,
});
export const issueClusterToken = defineRequest({
  owner,
  subject: 'alertagent.clusters.v1.issue-token',
  request: IssueClusterToken,
  reply: IssuedClusterToken,
});
export const revokeClusterToken = defineRequest({
  owner,
  subject: 'alertagent.clusters.v1.revoke-token',
  request: RevokeClusterToken,
  reply: Done,
});
export const listClusterTokens = defineRequest({
  owner,
  subject: 'alertagent.clusters.v1.list-tokens',
  request: ById,
  reply: ClusterTokenList,
});
/** Authenticates a token whose `token-issued` event has not arrived yet; `not_found` when nobody issued it or it is dead. */
export const findClusterToken = defineRequest({
  owner,
  subject: 'alertagent.clusters.v1.find-token',
  request: FindClusterToken,
  reply: ClusterTokenGrant,
});
export const getDesiredAlertmanagerConfig = defineRequest({
  owner,
  subject: 'alertagent.clusters.v1.get-alertmanager-config',
  request: ById,
  reply: DesiredAlertmanagerConfig,
});
