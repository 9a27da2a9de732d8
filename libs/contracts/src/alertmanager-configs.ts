import { Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import {
  ALERTMANAGER_LAYER_KINDS,
  AlertmanagerDifference,
  AlertmanagerLayerInput,
  AlertmanagerLayerScope,
  AlertmanagerLayerView,
  LAYER_NAME,
  layerNameMessage,
  type AlertmanagerLayerKind,
} from './alertmanager-layers';
import { defineEvent, defineRequest } from './contract';
import { Actor, ById } from './kit';
import { IsCleanText, IsLabelMap, IsUtcTime } from './validators';

const VERSION = /^\d{1,4}\.\d{1,4}(\.\d{1,4})?([-+~].{0,40})?$/;
const versionMessage = { message: 'expected a version of Alertmanager such as 0.28.1' };
/** Characters of an alertmanager.yml that somebody brings. */
const LONGEST_TEXT = 500_000;

/** Something that is wrong with a configuration, or dangerous in it. */
export class AlertmanagerProblem {
  @IsString() check!: string;
  @IsIn(['error', 'warning']) severity!: 'error' | 'warning';
  @IsString() message!: string;
  /** JSON pointer into the document, "" for the whole. */
  @IsString() pointer!: string;
  /** What to write instead, when that is known. */
  @IsOptional() @IsString() fix?: string | null;
  /** Where it stands in a text, from 1; null in a sum of layers. */
  @IsOptional() @IsInt() line?: number | null;
  @IsOptional() @IsInt() column?: number | null;
  /** The layers that the value comes from, in a sum of layers. */
  @IsArray() @IsString({ each: true }) layers!: string[];
  /** The versions of Alertmanager that it holds for. */
  @IsArray() @IsString({ each: true }) versions!: string[];
}

/** A layer in a sum. */
export class AlertmanagerLayerRef {
  @IsString() id!: string;
  @IsString() name!: string;
  @IsIn(ALERTMANAGER_LAYER_KINDS) kind!: AlertmanagerLayerKind;
  @IsInt() version!: number;
}

/** What a cluster's Alertmanagers run: the sum of the layers that are meant for it. */
export class EffectiveAlertmanagerConfig {
  @IsString() cluster_id!: string;
  @IsString() cluster_name!: string;
  /** The versions that it is judged by: those that its sidecars reported, else the oldest and the newest that are known. */
  @IsArray() @IsString({ each: true }) versions!: string[];
  @IsBoolean() versions_are_reported!: boolean;
  /** The closest to the cluster last. Without any, everything goes to AlertAgent alone. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => AlertmanagerLayerRef) layers!: AlertmanagerLayerRef[];
  @IsBoolean() valid!: boolean;
  @IsArray() @ValidateNested({ each: true }) @Type(() => AlertmanagerProblem) problems!: AlertmanagerProblem[];
  /** The sum, before AlertAgent's route is put first. */
  @IsObject() document!: object;
  /** The layer of each single value, by its pointer in the document. */
  @IsObject() provenance!: object;
  /** The file, secrets hidden. */
  @IsString() file!: string;
}

/** A layer to be looked at only. */
export class PreviewAlertmanagerLayer {
  @ValidateNested() @Type(() => AlertmanagerLayerInput) layer!: AlertmanagerLayerInput;
  /** Id or name of the layer that it would replace. */
  @IsOptional() @IsString() @MaxLength(100) id?: string | null;
}

/** What a cluster would run. */
export class AlertmanagerPreviewedCluster {
  @IsString() cluster_id!: string;
  @IsString() cluster_name!: string;
  @IsBoolean() valid!: boolean;
  @IsArray() @ValidateNested({ each: true }) @Type(() => AlertmanagerProblem) problems!: AlertmanagerProblem[];
  /** From what it runs now; pointers into the sum of its layers. At most 100. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => AlertmanagerDifference) differences!: AlertmanagerDifference[];
}

/** What a layer would do. */
export class AlertmanagerLayerPreview {
  /** How many clusters it is for, or was. */
  @IsInt() clusters!: number;
  /** How many of them could not load their configuration. */
  @IsInt() invalid!: number;
  /** At most 20 of them, those first that could not. */
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => AlertmanagerPreviewedCluster)
  items!: AlertmanagerPreviewedCluster[];
}

/** Labels of an alert, to see which way it would go. */
export class AlertmanagerRouteTestInput {
  @IsLabelMap() labels!: Record<string, string>;
  /** When; now unless told. */
  @IsOptional() @IsUtcTime() at?: string | null;
}

export class TestAlertmanagerRoute extends AlertmanagerRouteTestInput {
  /** Id or name of the cluster. */
  @IsString() @MaxLength(100) id!: string;
}

/** One route that an alert takes. */
export class AlertmanagerRouteTaken {
  @IsString() receiver!: string;
  /** Where the route stands in the file. */
  @IsString() pointer!: string;
  @IsArray() @IsString({ each: true }) group_by!: string[];
  @IsString() group_wait!: string;
  @IsString() group_interval!: string;
  @IsString() repeat_interval!: string;
  /** Why nothing is sent at that moment: the time interval; null when it is sent. */
  @IsOptional() @IsString() muted_by!: string | null;
}

export class AlertmanagerRoutes {
  @IsString() at!: string;
  @IsArray() @ValidateNested({ each: true }) @Type(() => AlertmanagerRouteTaken) routes!: AlertmanagerRouteTaken[];
}

/** A whole alertmanager.yml to be judged only. */
export class AlertmanagerTextInput {
  @IsString() @MaxLength(LONGEST_TEXT) text!: string;
  /** The version of Alertmanager it is meant for. */
  @Matches(VERSION, versionMessage) version!: string;
}

export class AlertmanagerVerdict {
  /** False exactly when Alertmanager of that version refuses to load the file. */
  @IsBoolean() valid!: boolean;
  @IsArray() @ValidateNested({ each: true }) @Type(() => AlertmanagerProblem) problems!: AlertmanagerProblem[];
}

/** An alertmanager.yml to be taken over as a layer. */
export class AlertmanagerImportInput extends AlertmanagerTextInput {
  @Matches(LAYER_NAME, layerNameMessage) name!: string;
  @ValidateNested() @Type(() => AlertmanagerLayerScope) scope!: AlertmanagerLayerScope;
  @IsCleanText() @MaxLength(1000) reason!: string;
}

export class ImportAlertmanagerConfig extends AlertmanagerImportInput {
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

/** What a cluster's layers add up to may have changed. */
export class AlertmanagerConfigChanged {
  @IsString() cluster_id!: string;
  @IsString() changed_at!: string;
}

const owner = 'clusters' as const;

/** What a cluster's Alertmanagers should run may have changed: a layer, or a secret in one; config renders it again. */
export const alertmanagerConfigChanged = defineEvent({
  owner,
  subject: 'alertagent.clusters.v1.alertmanager-config-changed',
  payload: AlertmanagerConfigChanged,
  key: 'cluster_id',
});

export const getEffectiveAlertmanagerConfig = defineRequest({
  owner,
  subject: 'alertagent.clusters.v1.get-effective-alertmanager-config',
  request: ById,
  reply: EffectiveAlertmanagerConfig,
});
/** Shows what a layer would do to clusters; nothing is stored. */
export const previewAlertmanagerLayer = defineRequest({
  owner,
  subject: 'alertagent.clusters.v1.preview-alertmanager-layer',
  request: PreviewAlertmanagerLayer,
  reply: AlertmanagerLayerPreview,
  timeoutMs: 30_000,
});
export const testAlertmanagerRoute = defineRequest({
  owner,
  subject: 'alertagent.clusters.v1.test-alertmanager-route',
  request: TestAlertmanagerRoute,
  reply: AlertmanagerRoutes,
});
/** Judges a text; nothing is stored. */
export const judgeAlertmanagerConfig = defineRequest({
  owner,
  subject: 'alertagent.clusters.v1.judge-alertmanager-config',
  request: AlertmanagerTextInput,
  reply: AlertmanagerVerdict,
});
export const importAlertmanagerLayer = defineRequest({
  owner,
  subject: 'alertagent.clusters.v1.import-alertmanager-layer',
  request: ImportAlertmanagerConfig,
  reply: AlertmanagerLayerView,
  timeoutMs: 30_000,
});
