import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { CONFIG_TYPES, type ConfigType } from './config';
import { defineEvent, defineRequest } from './contract';
import { Actor, ById, Done, PageQuery } from './kit';
import type { RuleTarget } from './rules';
import { IsCleanText, IsLabelMap, IsTargetList } from './validators';

/** `change` brings what is wanted, wave by wave; `rollback` brings back what was proven live before. */
export const ROLLOUT_KINDS = ['change', 'rollback'] as const;
export type RolloutKind = (typeof ROLLOUT_KINDS)[number];

/** `stopped` by a gate, `aborted` by a person: what was reached goes back, and everything stays held until released. */
export const ROLLOUT_STATES = ['open', 'staging', 'running', 'paused', 'completed', 'stopped', 'aborted'] as const;
export type RolloutState = (typeof ROLLOUT_STATES)[number];

/**
 * `planned` nothing decided · `staged` its file waits · `unchanged` its file stays as it is · `sent` · `live` loaded and evaluated ·
 * `failed` it stopped the rollout before it was sent anything · `return_due` · `returning` sent what it had · `returned` proven live again · `left` as it is, with the reason.
 */
export const ROLLOUT_CLUSTER_STATES = [
  'planned',
  'staged',
  'unchanged',
  'sent',
  'live',
  'failed',
  'return_due',
  'returning',
  'returned',
  'left',
] as const;
export type RolloutClusterState = (typeof ROLLOUT_CLUSTER_STATES)[number];

/** `unreachable`: none of its sidecars has been heard of lately. `left`: the rollout does nothing more about it. */
export const REACHES = ['reached', 'pending', 'unreachable', 'left'] as const;
export type Reach = (typeof REACHES)[number];

const WEEK_SECONDS = 604_800;

/** Which clusters come together. Give `labels` or `percent`, not both. */
export class RolloutWave {
  /** Clusters that carry all of these labels and were in no wave before. */
  @IsOptional() @IsLabelMap() labels?: Record<string, string> | null;
  /** As many clusters that this and all former waves together are this share of those that change; the last wave needs 100. */
  @IsOptional() @IsInt() @Min(1) @Max(100) percent?: number | null;
  /** How long the wave is watched once all of it runs; the rollout's when absent. */
  @IsOptional() @IsInt() @Min(0) @Max(WEEK_SECONDS) soak_seconds?: number | null;
}

/** What stops a rollout, judged per member with each of its reports. A refused or failed reload always does. */
export class RolloutGates {
  /** Rules of the file that fail when they are evaluated; more stop it. 0 unless told. */
  @IsOptional() @IsInt() @Min(0) @Max(20_000) max_failing_rules?: number | null;
  /** Seconds that one evaluation of all rules of the file takes; more stop it. Not judged unless told. */
  @IsOptional() @IsNumber() @Min(0) @Max(3_600) max_evaluation_seconds?: number | null;
  /** Alerts that fire on a member more than before it was sent the change; more stop it. Not judged unless told. */
  @IsOptional() @IsInt() @Min(0) @Max(1_000_000) max_new_firing?: number | null;
  /** Clusters of a wave that may stay unreachable past the deadline; more pause the rollout. 0 unless told. */
  @IsOptional() @IsInt() @Min(0) @Max(10_000) max_unreachable?: number | null;
}

/** What a person writes to open a rollout. */
export class RolloutInput {
  @IsCleanText() @MaxLength(200) name!: string;
  /** `prometheus-rules` unless told. */
  @IsOptional() @IsIn(CONFIG_TYPES) type?: ConfigType | null;
  /** Cluster ids, names or label selectors; all clusters when absent. */
  @IsOptional() @IsTargetList() targets?: RuleTarget[] | null;
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => RolloutWave)
  waves!: RolloutWave[];
  /** How long each wave is watched once all of it runs; 300 unless told. */
  @IsOptional() @IsInt() @Min(0) @Max(WEEK_SECONDS) soak_seconds?: number | null;
  /** How long a cluster has to prove what it was sent; later it stops the rollout. 600 unless told. */
  @IsOptional() @IsInt() @Min(1) @Max(WEEK_SECONDS) deadline_seconds?: number | null;
  @IsOptional() @ValidateNested() @Type(() => RolloutGates) gates?: RolloutGates | null;
}

/** What may be changed of a rollout that has not ended. */
export class RolloutChange {
  @IsOptional() @IsCleanText() @MaxLength(200) name?: string | null;
  @IsOptional() @IsInt() @Min(1) @Max(WEEK_SECONDS) deadline_seconds?: number | null;
  /** Replaces all gates. */
  @IsOptional() @ValidateNested() @Type(() => RolloutGates) gates?: RolloutGates | null;
}

export class RolloutView {
  @IsString() id!: string;
  @IsString() name!: string;
  @IsIn(ROLLOUT_KINDS) kind!: RolloutKind;
  @IsIn(CONFIG_TYPES) type!: ConfigType;
  @IsIn(ROLLOUT_STATES) state!: RolloutState;
  /** Why it stopped, paused or was ordered. */
  @IsOptional() @IsString() reason?: string | null;
  /** The wave under way, from 1; 0 before the first. */
  @IsInt() wave!: number;
  @IsArray() @ValidateNested({ each: true }) @Type(() => RolloutWave) waves!: RolloutWave[];
  @IsInt() soak_seconds!: number;
  @IsInt() deadline_seconds!: number;
  @ValidateNested() @Type(() => RolloutGates) gates!: RolloutGates;
  @ValidateNested() @Type(() => Actor) created_by!: Actor;
  @IsString() created_at!: string;
  @IsOptional() @IsString() started_at?: string | null;
  @IsOptional() @IsString() ended_at?: string | null;
  @IsInt() version!: number;
}

/** How far the clusters of one wave are; wave 0 = those that no wave has taken yet. */
export class RolloutWaveProgress {
  @IsInt() wave!: number;
  @IsInt() clusters!: number;
  @IsInt() reached!: number;
  @IsInt() pending!: number;
  @IsInt() unreachable!: number;
  @IsInt() left!: number;
}

export class RolloutDetail extends RolloutView {
  @IsArray() @ValidateNested({ each: true }) @Type(() => RolloutWaveProgress) progress!: RolloutWaveProgress[];
  /** From the order to the last proof, in seconds, once no reachable cluster is pending; a rollback's stopwatch. */
  @IsOptional() @IsNumber() seconds_to_live?: number | null;
}

export class RolloutPage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => RolloutView) items!: RolloutView[];
  @IsOptional() @IsString() next_cursor?: string | null;
}

export class RolloutClusterView {
  @IsString() cluster_id!: string;
  @IsString() cluster_name!: string;
  @IsInt() wave!: number;
  @IsIn(ROLLOUT_CLUSTER_STATES) state!: RolloutClusterState;
  @IsIn(REACHES) reach!: Reach;
  @IsOptional() @IsString() reason?: string | null;
  /** What was served before. */
  @IsOptional() @IsInt() from_revision?: number | null;
  /** What the rollout had it served last. */
  @IsOptional() @IsInt() revision?: number | null;
  /** The earlier revision whose content it went back to. */
  @IsOptional() @IsInt() returned_to?: number | null;
  /** From being sent to being proven, in seconds. */
  @IsOptional() @IsNumber() seconds_to_live?: number | null;
  /** When one of its sidecars was last heard of. */
  @IsOptional() @IsString() last_seen?: string | null;
}

export class RolloutClusterPage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => RolloutClusterView) items!: RolloutClusterView[];
  @IsOptional() @IsString() next_cursor?: string | null;
}

export class CreateRollout {
  @ValidateNested() @Type(() => RolloutInput) rollout!: RolloutInput;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

export class ChangeRollout {
  @IsString() @MaxLength(100) id!: string;
  @ValidateNested() @Type(() => RolloutChange) change!: RolloutChange;
  /** When given, the change is refused with `conflict` unless this is the current version. */
  @IsOptional() @IsInt() expected_version?: number | null;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

/** What people do to a rollout. `release` lets its clusters follow what is wanted again, once it has ended. */
export const ROLLOUT_ORDERS = ['start', 'pause', 'resume', 'abort', 'release'] as const;
export type RolloutOrder = (typeof ROLLOUT_ORDERS)[number];

export class OrderRollout {
  @IsString() @MaxLength(100) id!: string;
  @IsIn(ROLLOUT_ORDERS) order!: RolloutOrder;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

export class DeleteRollout extends ById {
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

export class ListRollouts extends PageQuery {
  @IsOptional() @IsIn(ROLLOUT_STATES) state?: RolloutState | null;
  @IsOptional() @IsIn(ROLLOUT_KINDS) kind?: RolloutKind | null;
}

export class ListRolloutClusters extends PageQuery {
  @IsString() @MaxLength(100) id!: string;
}

/** A rollout entered a state or a wave. */
export class RolloutAdvanced {
  @IsString() rollout_id!: string;
  @IsString() name!: string;
  @IsIn(ROLLOUT_KINDS) kind!: RolloutKind;
  @IsIn(ROLLOUT_STATES) state!: RolloutState;
  @IsInt() wave!: number;
  @IsOptional() @IsString() reason?: string | null;
  @IsString() advanced_at!: string;
}

const owner = 'config' as const;
const subject = (verb: string): string => `alertagent.config.v1.${verb}`;

/** Sent with each change of a rollout's state or wave: opened, started, next wave, paused, stopped and why, completed. */
export const rolloutAdvanced = defineEvent({
  owner,
  subject: 'alertagent.config.v1.rollout-advanced',
  payload: RolloutAdvanced,
  key: 'rollout_id',
});

/** Holds the clusters of the rollout from now on. */
export const createRollout = defineRequest({
  owner,
  subject: subject('create-rollout'),
  request: CreateRollout,
  reply: RolloutView,
  timeoutMs: 10_000,
});
export const changeRollout = defineRequest({
  owner,
  subject: subject('change-rollout'),
  request: ChangeRollout,
  reply: RolloutView,
});
export const orderRollout = defineRequest({
  owner,
  subject: subject('order-rollout'),
  request: OrderRollout,
  reply: RolloutView,
  timeoutMs: 10_000,
});
export const deleteRollout = defineRequest({
  owner,
  subject: subject('delete-rollout'),
  request: DeleteRollout,
  reply: Done,
});
export const getRollout = defineRequest({
  owner,
  subject: subject('get-rollout'),
  request: ById,
  reply: RolloutDetail,
});
export const listRollouts = defineRequest({
  owner,
  subject: subject('list-rollouts'),
  request: ListRollouts,
  reply: RolloutPage,
});
export const listRolloutClusters = defineRequest({
  owner,
  subject: subject('list-rollout-clusters'),
  request: ListRolloutClusters,
  reply: RolloutClusterPage,
});
