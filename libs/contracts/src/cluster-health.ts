import { Type } from 'class-transformer';
import { IsArray, IsIn, IsNumber, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { CANARY_PLACES, type CanaryPlace } from './alerts';
import { ClusterTrouble } from './cluster-troubles';
import { TARGET_KINDS, type TargetKind } from './config';
import { defineEvent, defineRequest } from './contract';
import { PageQuery } from './kit';

export const CLUSTER_HEALTH_STATES = ['healthy', 'warning', 'critical', 'unknown'] as const;
export type ClusterHealthState = (typeof CLUSTER_HEALTH_STATES)[number];

export class MemberHealth {
  @IsString() name!: string;
  /** `prometheus-rules` or `alertmanager-config`: what its sidecar looks after; `endpoint`: the cluster's own address, checked from here. */
  @IsString() type!: string;
  @IsIn(CLUSTER_HEALTH_STATES) status!: ClusterHealthState;
  @IsOptional() @IsString() reason?: string | null;
  /** What it showed itself to be; null when it did not. */
  @IsOptional() @IsIn(TARGET_KINDS) kind?: TargetKind | null;
  @IsOptional() @IsString() version?: string | null;
  /** What this version can do that others cannot, such as `keep_firing_for`. */
  @IsArray() @IsString({ each: true }) capabilities!: string[];
  /** How far its clock is ahead of AlertAgent's, in milliseconds; negative when it is behind. To within some seconds. */
  @IsOptional() @IsNumber() clock_ahead_ms?: number | null;
  /** Since when it has its status. */
  @IsOptional() @IsString() since?: string | null;
  @IsOptional() @IsString() last_seen?: string | null;
  @IsOptional() @IsNumber() response_ms?: number | null;
}

export class ClusterHealthMetrics {
  /** Median response time of the members' own health endpoints, e.g. `12ms`. */
  @IsOptional() @IsString() response_time?: string | null;
  /** Share of heartbeats in the last hour that found the member healthy, e.g. `99.9%`. */
  @IsOptional() @IsString() success_rate?: string | null;
}

export const ALERT_PATH_STATES = ['off', 'unknown', 'ok', 'broken'] as const;
export type AlertPathState = (typeof ALERT_PATH_STATES)[number];

/** When the canary of one Prometheus was last seen in one place. */
export class CanarySighting {
  @IsIn(CANARY_PLACES) place!: CanaryPlace;
  /** In `prometheus` the member's name, elsewhere the external URL of the Prometheus. */
  @IsString() instance!: string;
  @IsString() heard_at!: string;
}

/** Whether the canary of a cluster gets here. */
export class AlertPath {
  /** `unknown` until it was loaded for some minutes. */
  @IsIn(ALERT_PATH_STATES) status!: AlertPathState;
  @IsArray() @ValidateNested({ each: true }) @Type(() => CanarySighting) seen!: CanarySighting[];
}

export class ClusterHealthView {
  @IsString() id!: string;
  @IsString() name!: string;
  @IsIn(CLUSTER_HEALTH_STATES) status!: ClusterHealthState;
  @IsOptional() @IsString() last_check?: string | null;
  @ValidateNested() @Type(() => ClusterHealthMetrics) metrics!: ClusterHealthMetrics;
  @IsArray() @ValidateNested({ each: true }) @Type(() => MemberHealth) members!: MemberHealth[];
  @ValidateNested() @Type(() => AlertPath) alert_path!: AlertPath;
  /** What AlertAgent has raised an alert about, in this cluster. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => ClusterTrouble) troubles!: ClusterTrouble[];
}

export class ListClusterHealth extends PageQuery {
  @IsOptional() @IsIn(CLUSTER_HEALTH_STATES) status?: ClusterHealthState | null;
}

export class ClusterHealthPage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => ClusterHealthView) items!: ClusterHealthView[];
  @IsOptional() @IsString() next_cursor?: string | null;
}

/** Which changes of health to list: of a cluster and its members, or of one member. */
export class HealthHistoryQuery extends PageQuery {
  @IsOptional() @IsString() @MaxLength(200) member?: string | null;
}

export class ListHealthHistory extends HealthHistoryQuery {
  /** Id or name of the cluster; a retired one by its id. */
  @IsString() @MaxLength(100) cluster_id!: string;
}

/** One change of how a cluster, or one of its members, is. */
export class HealthChange {
  @IsString() id!: string;
  /** Null for the cluster itself, as `member`. */
  @IsOptional() @IsString() type?: string | null;
  @IsOptional() @IsString() member?: string | null;
  @IsIn(CLUSTER_HEALTH_STATES) status!: ClusterHealthState;
  @IsIn(CLUSTER_HEALTH_STATES) previous!: ClusterHealthState;
  @IsOptional() @IsString() reason?: string | null;
  @IsString() at!: string;
}

export class HealthHistoryPage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => HealthChange) items!: HealthChange[];
  @IsOptional() @IsString() next_cursor?: string | null;
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

/** The health shown to people changed, after hysteresis. */
export const clusterHealthChanged = defineEvent({
  owner,
  subject: 'alertagent.clusters.v1.cluster-health-changed',
  payload: ClusterHealthChanged,
  key,
});
export const listClusterHealth = defineRequest({
  owner,
  subject: 'alertagent.clusters.v1.list-cluster-health',
  request: ListClusterHealth,
  reply: ClusterHealthPage,
});
/** Newest first. */
export const listHealthHistory = defineRequest({
  owner,
  subject: 'alertagent.clusters.v1.list-health-history',
  request: ListHealthHistory,
  reply: HealthHistoryPage,
});
