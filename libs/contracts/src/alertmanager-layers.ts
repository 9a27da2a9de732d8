import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { defineRequest } from './contract';
import { Actor, ById, Done, PageQuery } from './kit';
import { IsCleanText } from './validators';

/** For all clusters, for those whose labels match, or for one. */
export const ALERTMANAGER_LAYER_KINDS = ['organisation', 'selector', 'cluster'] as const;
export type AlertmanagerLayerKind = (typeof ALERTMANAGER_LAYER_KINDS)[number];

/** Of layers. */
export const LAYER_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
export const layerNameMessage = { message: 'expected 1 to 100 letters, digits, dots, dashes or underscores' };

/** For which clusters a layer is. */
export class AlertmanagerLayerScope {
  @IsIn(ALERTMANAGER_LAYER_KINDS) kind!: AlertmanagerLayerKind;
  /** For `selector`: what the labels of a cluster must satisfy, such as `env="prod"`; all of them. */
  @IsOptional() @IsArray() @ArrayMaxSize(50) @IsString({ each: true }) @MaxLength(1000, { each: true }) matchers?:
    string[] | null;
  /** For `selector`: of several the higher rank wins; default 0. */
  @IsOptional() @IsInt() @Min(-1_000_000) @Max(1_000_000) rank?: number | null;
  /** For `cluster`: its id or name; answers hold the id. */
  @IsOptional() @IsString() @MaxLength(100) cluster?: string | null;
}

/** What a person writes to create or replace a layer. */
export class AlertmanagerLayerInput {
  /** Unique; shown as where a value comes from. */
  @Matches(LAYER_NAME, layerNameMessage) name!: string;
  @ValidateNested() @Type(() => AlertmanagerLayerScope) scope!: AlertmanagerLayerScope;
  /**
   * The fields of alertmanager.yml, as many as the layer is about; null takes a field of the layers below away. Where a secret
   * belongs stands `{"secret": "its name"}`; one that is written out is taken out and kept encrypted.
   */
  @IsObject() document!: object;
  /** Why, for those who read the history. */
  @IsCleanText() @MaxLength(1000) reason!: string;
}

/** A layer without its document. */
export class AlertmanagerLayerSummary {
  @IsString() id!: string;
  @IsString() name!: string;
  @ValidateNested() @Type(() => AlertmanagerLayerScope) scope!: AlertmanagerLayerScope;
  @IsInt() version!: number;
  @IsString() author!: string;
  @IsString() reason!: string;
  @IsString() created_at!: string;
  @IsString() updated_at!: string;
}

/** A layer. */
export class AlertmanagerLayerView extends AlertmanagerLayerSummary {
  @IsObject() document!: object;
}

export class AlertmanagerLayerPage {
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => AlertmanagerLayerSummary)
  items!: AlertmanagerLayerSummary[];
  @IsOptional() @IsString() next_cursor?: string | null;
}

export class ListAlertmanagerLayers extends PageQuery {
  @IsOptional() @IsIn(ALERTMANAGER_LAYER_KINDS) kind?: AlertmanagerLayerKind | null;
}

export const ALERTMANAGER_LAYER_CHANGES = ['created', 'updated', 'restored', 'deleted'] as const;
export type AlertmanagerLayerChange = (typeof ALERTMANAGER_LAYER_CHANGES)[number];

/** A layer as it was at one version. */
export class AlertmanagerLayerVersionSummary {
  @IsInt() version!: number;
  @IsIn(ALERTMANAGER_LAYER_CHANGES) change!: AlertmanagerLayerChange;
  @IsString() author!: string;
  @IsString() reason!: string;
  @IsString() created_at!: string;
}

export class AlertmanagerLayerVersionView extends AlertmanagerLayerVersionSummary {
  @IsString() name!: string;
  @ValidateNested() @Type(() => AlertmanagerLayerScope) scope!: AlertmanagerLayerScope;
  @IsObject() document!: object;
}

export class AlertmanagerLayerVersionPage {
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => AlertmanagerLayerVersionSummary)
  items!: AlertmanagerLayerVersionSummary[];
  @IsOptional() @IsString() next_cursor?: string | null;
}

/** How a version of a layer differs from another, or from the one before. */
export class AlertmanagerDifference {
  /** Pointer into `{name, scope, document}`. */
  @IsString() pointer!: string;
  @IsIn(['added', 'removed', 'changed', 'reordered']) change!: 'added' | 'removed' | 'changed' | 'reordered';
  /** Null when it was not there. */
  @IsOptional() before!: unknown;
  @IsOptional() after!: unknown;
}

export class AlertmanagerLayerDiff {
  @IsInt() version!: number;
  @IsInt() with!: number;
  @IsArray() @ValidateNested({ each: true }) @Type(() => AlertmanagerDifference) differences!: AlertmanagerDifference[];
}

export class CreateAlertmanagerLayer {
  @ValidateNested() @Type(() => AlertmanagerLayerInput) layer!: AlertmanagerLayerInput;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

export class UpdateAlertmanagerLayer extends CreateAlertmanagerLayer {
  @IsString() @MaxLength(100) id!: string;
  @IsOptional() @IsInt() expected_version?: number | null;
}

/** Back to the content of an earlier version. */
export class AlertmanagerLayerRestoreInput {
  @IsInt() @Min(1) version!: number;
  @IsCleanText() @MaxLength(1000) reason!: string;
}

export class RestoreAlertmanagerLayer extends AlertmanagerLayerRestoreInput {
  @IsString() @MaxLength(100) id!: string;
  @IsOptional() @IsInt() expected_version?: number | null;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

export class DeleteAlertmanagerLayer {
  @IsString() @MaxLength(100) id!: string;
  @IsOptional() @IsInt() expected_version?: number | null;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

export class ListAlertmanagerLayerVersions extends PageQuery {
  @IsString() @MaxLength(100) id!: string;
}

export class GetAlertmanagerLayerVersion {
  @IsString() @MaxLength(100) id!: string;
  @IsInt() @Min(1) version!: number;
}

export class DiffAlertmanagerLayer extends GetAlertmanagerLayerVersion {
  /** Another version; the one before unless told. */
  @IsOptional() @IsInt() @Min(0) with?: number | null;
}

const owner = 'clusters' as const;

export const listAlertmanagerLayers = defineRequest({
  owner,
  subject: 'alertagent.clusters.v1.list-alertmanager-layers',
  request: ListAlertmanagerLayers,
  reply: AlertmanagerLayerPage,
});
export const getAlertmanagerLayer = defineRequest({
  owner,
  subject: 'alertagent.clusters.v1.get-alertmanager-layer',
  request: ById,
  reply: AlertmanagerLayerView,
});
export const createAlertmanagerLayer = defineRequest({
  owner,
  subject: 'alertagent.clusters.v1.create-alertmanager-layer',
  request: CreateAlertmanagerLayer,
  reply: AlertmanagerLayerView,
  timeoutMs: 30_000,
});
export const updateAlertmanagerLayer = defineRequest({
  owner,
  subject: 'alertagent.clusters.v1.update-alertmanager-layer',
  request: UpdateAlertmanagerLayer,
  reply: AlertmanagerLayerView,
  timeoutMs: 30_000,
});
export const restoreAlertmanagerLayer = defineRequest({
  owner,
  subject: 'alertagent.clusters.v1.restore-alertmanager-layer',
  request: RestoreAlertmanagerLayer,
  reply: AlertmanagerLayerView,
  timeoutMs: 30_000,
});
export const deleteAlertmanagerLayer = defineRequest({
  owner,
  subject: 'alertagent.clusters.v1.delete-alertmanager-layer',
  request: DeleteAlertmanagerLayer,
  reply: Done,
  timeoutMs: 30_000,
});
export const listAlertmanagerLayerVersions = defineRequest({
  owner,
  subject: 'alertagent.clusters.v1.list-alertmanager-layer-versions',
  request: ListAlertmanagerLayerVersions,
  reply: AlertmanagerLayerVersionPage,
});
export const getAlertmanagerLayerVersion = defineRequest({
  owner,
  subject: 'alertagent.clusters.v1.get-alertmanager-layer-version',
  request: GetAlertmanagerLayerVersion,
  reply: AlertmanagerLayerVersionView,
});
export const diffAlertmanagerLayer = defineRequest({
  owner,
  subject: 'alertagent.clusters.v1.diff-alertmanager-layer',
  request: DiffAlertmanagerLayer,
  reply: AlertmanagerLayerDiff,
});
