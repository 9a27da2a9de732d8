import { Type } from 'class-transformer';
import { IsArray, IsIn, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { defineRequest } from './contract';
import { Actor, Nothing } from './kit';
import { IsCleanText } from './validators';

/** `active` for the one that signs, `retired` for those that it took over from. */
export const SIGNING_KEY_STATES = ['active', 'retired'] as const;
export type SigningKeyState = (typeof SIGNING_KEY_STATES)[number];

/** A key that the files of sidecars are or were signed with. */
export class SigningKeyView {
  @IsString() id!: string;
  @IsIn(SIGNING_KEY_STATES) state!: SigningKeyState;
  /** Base64 of the DER form, as `ALERTAGENT_CONFIG_PUBLIC_KEY` of a sidecar takes it. */
  @IsString() public_key!: string;
  @IsString() created_at!: string;
  /** Who made it; null for the first one, which is made at the first start. */
  @IsOptional() @IsString() created_by?: string | null;
  @IsOptional() @IsString() retired_at?: string | null;
  /** The key that signed the statement by which sidecars trust this one; null for the first. */
  @IsOptional() @IsString() previous_id?: string | null;
}

/** All of them, the newest first. */
export class SigningKeyList {
  @IsArray() @ValidateNested({ each: true }) @Type(() => SigningKeyView) items!: SigningKeyView[];
}

/** Which key is to sign no longer, and why. */
export class SigningKeyRotation {
  /** Id of the key that signs now, so that an order that is repeated changes nothing. */
  @IsString() @MaxLength(36) replaces!: string;
  @IsCleanText() @MaxLength(500) reason!: string;
}

export class RotateSigningKey extends SigningKeyRotation {
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

const owner = 'config' as const;

export const listSigningKeys = defineRequest({
  owner,
  subject: 'alertagent.config.v1.list-signing-keys',
  request: Nothing,
  reply: SigningKeyList,
});
/** Answers the new key. Errors: `conflict` unless the key to be replaced is the one that signs. */
export const rotateSigningKey = defineRequest({
  owner,
  subject: 'alertagent.config.v1.rotate-signing-key',
  request: RotateSigningKey,
  reply: SigningKeyView,
});
