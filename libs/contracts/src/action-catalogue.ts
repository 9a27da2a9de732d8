import { Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { defineRequest } from './contract';
import { Actor, Nothing } from './kit';

export const ACTION_EXECUTORS = ['n8n', 'http', 'alertmanager_silence', 'suppression'] as const;
export type ActionExecutor = (typeof ACTION_EXECUTORS)[number];

export class CatalogueParameterView {
  @IsString() name!: string;
  @IsString() type!: string;
  @IsString() description!: string;
  @IsBoolean() required!: boolean;
  /** Numbers: the value; durations: milliseconds; strings: the length. */
  @IsOptional() @IsNumber() min?: number | null;
  @IsOptional() @IsNumber() max?: number | null;
  @IsOptional() @IsArray() @IsString({ each: true }) one_of?: string[] | null;
  @IsOptional() default?: string | number | boolean | null;
  @IsOptional() @IsString() from_label?: string | null;
}

export class CatalogueTargetsView {
  @IsArray() @IsString({ each: true }) clusters!: string[];
  @IsArray() @IsString({ each: true }) namespaces!: string[];
}

export class CatalogueCapsView {
  @IsInt() max_per_hour!: number;
  @IsInt() max_concurrent!: number;
  @IsInt() max_targets_per_hour!: number;
}

/** An action that may be asked for. */
export class CatalogueEntryView {
  @IsString() id!: string;
  @IsString() description!: string;
  @IsIn(ACTION_EXECUTORS) executor!: ActionExecutor;
  @IsArray() @ValidateNested({ each: true }) @Type(() => CatalogueParameterView) parameters!: CatalogueParameterView[];
  @ValidateNested() @Type(() => CatalogueTargetsView) targets!: CatalogueTargetsView;
  @IsString() post_check!: string;
  /** Milliseconds within which the check must hold. */
  @IsInt() post_check_within_ms!: number;
  @IsBoolean() can_undo!: boolean;
  @ValidateNested() @Type(() => CatalogueCapsView) caps!: CatalogueCapsView;
  @IsBoolean() allows_autonomy!: boolean;
  /** Whether the kill switch is thrown for it or for everything. */
  @IsBoolean() stopped!: boolean;
  /** Whether what carries it out is configured; if not, it fails without effect. */
  @IsBoolean() available!: boolean;
}

/** The whole catalogue; it has one page. */
export class CataloguePage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => CatalogueEntryView) items!: CatalogueEntryView[];
  @IsOptional() @IsString() next_cursor?: string | null;
}

/** A switch that stops what has not begun. */
export class KillSwitchView {
  /** Empty for the one that stops everything. */
  @IsString() action_type!: string;
  @IsBoolean() engaged!: boolean;
  @IsOptional() @IsString() reason?: string | null;
  @IsOptional() @IsString() changed_by?: string | null;
  @IsOptional() @IsString() changed_at?: string | null;
}

export class KillSwitches {
  /** Whether everything is stopped. */
  @IsBoolean() engaged!: boolean;
  /** The switches that were ever changed, the one for everything first. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => KillSwitchView) switches!: KillSwitchView[];
}

/** Body of `PUT /api/v1/automation/kill-switch`. */
export class KillSwitchInput {
  @IsBoolean() engaged!: boolean;
  /** Only this action; left out: everything. */
  @IsOptional() @IsString() @MaxLength(100) action_type?: string | null;
  @IsOptional() @IsString() @MaxLength(2000) reason?: string | null;
}

export class SetKillSwitch extends KillSwitchInput {
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

const owner = 'ai' as const;

export const listCatalogue = defineRequest({
  owner,
  subject: 'alertagent.ai.v1.list-catalogue',
  request: Nothing,
  reply: CataloguePage,
});
export const getKillSwitches = defineRequest({
  owner,
  subject: 'alertagent.ai.v1.get-kill-switches',
  request: Nothing,
  reply: KillSwitches,
});
export const setKillSwitch = defineRequest({
  owner,
  subject: 'alertagent.ai.v1.set-kill-switch',
  request: SetKillSwitch,
  reply: KillSwitches,
});
