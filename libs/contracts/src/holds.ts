import { Type } from 'class-transformer';
import { IsArray, IsIn, IsInt, IsOptional, IsString, MaxLength, Min, ValidateNested } from 'class-validator';
import { CONFIG_TYPES, type ConfigType } from './config';
import { defineRequest } from './contract';
import { Actor, Done, PageQuery } from './kit';
import { IsCleanText } from './validators';

/** A configuration that does not follow what is wanted. */
export class HoldView {
  @IsString() cluster_id!: string;
  @IsIn(CONFIG_TYPES) type!: ConfigType;
  /** The revision that goes on being served; 0 = none. */
  @IsInt() revision!: number;
  @IsOptional() @IsString() reason?: string | null;
  /** Who holds it. */
  @IsString() held_by!: string;
  @IsString() held_at!: string;
  /** The rollout or rollback that holds it; null when a person does. */
  @IsOptional() @IsString() rollout_id?: string | null;
}

export class HoldPage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => HoldView) items!: HoldView[];
  @IsOptional() @IsString() next_cursor?: string | null;
}

/** Which configuration of the cluster in the address is held, and why. */
export class HoldInput {
  /** `prometheus-rules` unless told. */
  @IsOptional() @IsIn(CONFIG_TYPES) type?: ConfigType | null;
  @IsCleanText() @MaxLength(500) reason!: string;
}

/** Which configuration of the cluster in the address is released. */
export class ReleaseQuery {
  /** `prometheus-rules` unless told. */
  @IsOptional() @IsIn(CONFIG_TYPES) type?: ConfigType | null;
}

export class HoldCluster extends HoldInput {
  /** Id or name. */
  @IsString() @MaxLength(100) cluster_id!: string;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

export class ReleaseCluster extends ReleaseQuery {
  /** Id or name. */
  @IsString() @MaxLength(100) cluster_id!: string;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

/** Says that a file may take the rules away that it lacks: one that was refused here, or one that sidecars refuse. */
export class RemovalConfirmation {
  /** The cluster's name, once more. */
  @IsString() @MaxLength(100) cluster_name!: string;
  /** The revision of the rule file: refused, as `GET …/revisions` shows it, or served and named in the reason of `GET …/sync`. */
  @IsInt() @Min(1) revision!: number;
}

export class ConfirmRemoval extends RemovalConfirmation {
  /** Id or name. */
  @IsString() @MaxLength(100) cluster_id!: string;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

const owner = 'config' as const;
const subject = (verb: string): string => `alertagent.config.v1.${verb}`;

export const holdCluster = defineRequest({
  owner,
  subject: subject('hold-cluster'),
  request: HoldCluster,
  reply: HoldView,
});
export const releaseCluster = defineRequest({
  owner,
  subject: subject('release-cluster'),
  request: ReleaseCluster,
  reply: Done,
});
export const listHolds = defineRequest({ owner, subject: subject('list-holds'), request: PageQuery, reply: HoldPage });
/** Lets exactly the file of that revision be published, under a signature that sidecars ask for. */
export const confirmRemoval = defineRequest({
  owner,
  subject: subject('confirm-removal'),
  request: ConfirmRemoval,
  reply: Done,
});
