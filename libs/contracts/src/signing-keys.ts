import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsInt, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { CONFIG_TYPES, type ConfigType } from './config';
import { defineRequest } from './contract';
import { Actor, Nothing, PageQuery } from './kit';
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
  /** SHA-256 of its DER form, hex, as sidecars tell it. */
  @IsOptional() @IsString() fingerprint?: string;
  /** How many sidecars rest on it: they trust it, or are set to begin with it. `GET /signing-keys/{id}/sidecars` names them. */
  @IsOptional() @IsInt() sidecars?: number;
  @IsString() created_at!: string;
  /** Who made it; null for the first one, which is made at the first start. */
  @IsOptional() @IsString() created_by?: string | null;
  @IsOptional() @IsString() retired_at?: string | null;
  /** Since when it is given up: its private key is destroyed, and nobody is led away from it any more. */
  @IsOptional() @IsString() ended_at?: string | null;
  /** The key that signed the statement by which sidecars trust this one; null for the first. */
  @IsOptional() @IsString() previous_id?: string | null;
}

/** All of them, the newest first. */
export class SigningKeyList {
  @IsArray() @ValidateNested({ each: true }) @Type(() => SigningKeyView) items!: SigningKeyView[];
  /** How many sidecars do not tell which key they trust: they are older than that, and may not be able to follow a new key. */
  @IsOptional() @IsInt() unknown_sidecars?: number;
  /** How many trust a key that is none of these. */
  @IsOptional() @IsInt() foreign_sidecars?: number;
}

/** In the place of a key's id: sidecars that do not tell which key they trust, or trust one that is not ours. */
export const UNLISTED_KEYS = ['unknown', 'foreign'] as const;

/** A sidecar and the key that it rests on, as it said last. */
export class KeySidecar {
  @IsString() cluster_id!: string;
  @IsIn(CONFIG_TYPES) type!: ConfigType;
  @IsString() member!: string;
  @IsOptional() @IsString() sidecar_version?: string | null;
  /** Fingerprint of the key that it trusts; null when it trusts none yet or does not tell. */
  @IsOptional() @IsString() trusted_key?: string | null;
  /** Fingerprint of the key that it is set to begin with; null when it is set to none or does not tell. */
  @IsOptional() @IsString() set_key?: string | null;
  @IsString() last_seen!: string;
}

export class KeySidecarPage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => KeySidecar) items!: KeySidecar[];
  @IsOptional() @IsString() next_cursor?: string | null;
}

export class ListKeySidecars extends PageQuery {
  /** A key's id, `unknown` or `foreign`. */
  @IsString() @MaxLength(100) key!: string;
}

/** Which key is to sign no longer, and why. */
export class SigningKeyRotation {
  /** Id of the key that signs now, so that an order that is repeated changes nothing. */
  @IsString() @MaxLength(36) replaces!: string;
  @IsCleanText() @MaxLength(500) reason!: string;
  /**
   * Ids or names of the clusters whose sidecars may be left behind: those that do not tell which key they trust. Without it the order
   * is refused while there are any.
   */
  @IsOptional() @IsArray() @ArrayMaxSize(500) @IsString({ each: true }) @MaxLength(100, { each: true }) leave_behind?:
    string[] | null;
}

/** That a retired key is given up, and why. */
export class SigningKeyEnd {
  @IsCleanText() @MaxLength(500) reason!: string;
  /**
   * Ids or names of the clusters whose sidecars may be left behind: those that rest on it or on a key before it, and those that do not
   * tell. Without it the order is refused while there are any.
   */
  @IsOptional() @IsArray() @ArrayMaxSize(500) @IsString({ each: true }) @MaxLength(100, { each: true }) leave_behind?:
    string[] | null;
}

export class EndSigningKey extends SigningKeyEnd {
  @IsString() @MaxLength(100) id!: string;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
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
/** Who rests on a key. Ordered by when they were first seen. Errors: `not_found` when there is no such key. */
export const listKeySidecars = defineRequest({
  owner,
  subject: 'alertagent.config.v1.list-key-sidecars',
  request: ListKeySidecars,
  reply: KeySidecarPage,
});
/**
 * Answers the new key. Errors: `conflict` unless the key to be replaced is the one that signs, and while sidecars that may not follow
 * are in clusters that are not named.
 */
export const rotateSigningKey = defineRequest({
  owner,
  subject: 'alertagent.config.v1.rotate-signing-key',
  request: RotateSigningKey,
  reply: SigningKeyView,
});
/**
 * Gives up a retired key and those before it: private keys are destroyed, and no statement of theirs is handed out any more. Answers the
 * key. Errors: `not_found`; `conflict` for the key that signs, and while sidecars that rest on it are in clusters that are not named.
 */
export const endSigningKey = defineRequest({
  owner,
  subject: 'alertagent.config.v1.end-signing-key',
  request: EndSigningKey,
  reply: SigningKeyView,
});
