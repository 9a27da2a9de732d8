import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsInt,
  IsOptional,
  IsString,
  MaxLength,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { SilenceMatcher, SilenceView, UnansweredMember } from './alertmanager-requests';
import { defineRequest } from './contract';
import { Actor } from './kit';
import { IsUtcTime } from './validators';

/** What a person writes to silence alerts in the Alertmanagers of one cluster. */
export class SilenceInput {
  /** At least one of them must not match an empty value, as Alertmanager has it. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => SilenceMatcher)
  matchers!: SilenceMatcher[];
  /** Now unless told. On a change: as it was. */
  @IsOptional() @IsUtcTime() starts_at?: string | null;
  @IsUtcTime() ends_at!: string;
  /** Why. */
  @IsString() @MinLength(1) @MaxLength(1000) comment!: string;
}

export class CreateSilence {
  /** Id or name of the cluster. */
  @IsString() @MaxLength(100) id!: string;
  @ValidateNested() @Type(() => SilenceInput) silence!: SilenceInput;
  /** The same for every repetition; no two silences of an actor in a cluster come from one key. */
  @IsString() @MinLength(1) @MaxLength(255) idempotency_key!: string;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

export class SilenceRef {
  /** Id or name of the cluster. */
  @IsString() @MaxLength(100) id!: string;
  @IsString() @MaxLength(64) silence_id!: string;
}

export class ChangeSilence extends SilenceRef {
  @ValidateNested() @Type(() => SilenceInput) silence!: SilenceInput;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

export class ExpireSilence extends SilenceRef {
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

/** What became of a silence in one mesh of Alertmanagers. */
export class MeshSilence {
  @IsInt() mesh!: number;
  @IsString() id!: string;
  /** The one member that was written to; null when nothing had to be written. */
  @IsOptional() @IsString() written_by?: string | null;
  /** The members that answered; gossip brings it to all of them. */
  @IsArray() @IsString({ each: true }) members!: string[];
}

/** A silence was written to each mesh that answered. */
export class SilenceWritten {
  @IsString() cluster_id!: string;
  /** Its id; in the first mesh, when there are several. */
  @IsString() id!: string;
  /** False when an earlier request with this key had done it, or it was like that already. */
  @IsBoolean() changed!: boolean;
  @IsArray() @ValidateNested({ each: true }) @Type(() => MeshSilence) meshes!: MeshSilence[];
  /** Members that did not answer. They learn of it by gossip; if one has no mesh with the others, it does not. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => UnansweredMember) unanswered!: UnansweredMember[];
}

/** A silence, and who could not be asked about it. */
export class FoundSilence {
  @ValidateNested() @Type(() => SilenceView) silence!: SilenceView;
  @IsArray() @ValidateNested({ each: true }) @Type(() => UnansweredMember) unanswered!: UnansweredMember[];
}

const owner = 'clusters' as const;
/** Longer than whoever answers works on it, so that nothing is sent to an Alertmanager once the caller has given up. */
const timeoutMs = 10_000;

/** By any of its ids; every member is asked. */
export const getSilence = defineRequest({
  owner,
  subject: 'alertagent.clusters.v1.get-silence',
  request: SilenceRef,
  reply: FoundSilence,
  timeoutMs,
});
/** Once per mesh, however often it is asked with one key. */
export const createSilence = defineRequest({
  owner,
  subject: 'alertagent.clusters.v1.create-silence',
  request: CreateSilence,
  reply: SilenceWritten,
  timeoutMs,
});
export const changeSilence = defineRequest({
  owner,
  subject: 'alertagent.clusters.v1.change-silence',
  request: ChangeSilence,
  reply: SilenceWritten,
  timeoutMs,
});
/** Ends it now. */
export const expireSilence = defineRequest({
  owner,
  subject: 'alertagent.clusters.v1.expire-silence',
  request: ExpireSilence,
  reply: SilenceWritten,
  timeoutMs,
});
