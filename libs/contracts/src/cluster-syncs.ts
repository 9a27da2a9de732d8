import { Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { CONFIG_TYPES, SIDECAR_STATES, type ConfigType, type SidecarState } from './config';
import { defineRequest } from './contract';
import { PageQuery } from './kit';

/**
 * What a sidecar trusts, beside the key that signs: the `active` one, an `older` one of ours, a `foreign` one that is not ours (any
 * more), `none` before its first download; `unknown` when it does not tell.
 */
export const KEY_TRUSTS = ['active', 'older', 'foreign', 'none', 'unknown'] as const;
export type KeyTrust = (typeof KEY_TRUSTS)[number];

/** A signing key that a sidecar told of. */
export class ToldKey {
  /** SHA-256 of its public key in DER form, hex. */
  @IsString() fingerprint!: string;
  /** As `GET /signing-keys` lists it; null when it is not ours. */
  @IsOptional() @IsString() id?: string | null;
}

/** How far one member (a Prometheus, vmalert or Alertmanager replica) is with what it is served, as its sidecar said last. */
export class MemberSync {
  @IsIn(CONFIG_TYPES) type!: ConfigType;
  @IsString() member!: string;
  @IsIn(SIDECAR_STATES) state!: SidecarState;
  /** Why the state goes no further. */
  @IsOptional() @IsString() reason?: string | null;
  /** The revision that `state` is about; null when there is none. */
  @IsOptional() @IsInt() revision?: number | null;
  /** The newest published one. */
  @IsOptional() @IsInt() served_revision?: number | null;
  /** It runs exactly the newest published revision. */
  @IsBoolean() in_sync!: boolean;
  /** SHA-256 of the file on its disk, hex. */
  @IsOptional() @IsString() hash?: string | null;
  /** SHA-256 of what the target is proven to run; null when that is not proven. */
  @IsOptional() @IsString() loaded_hash?: string | null;
  /** How often somebody else changed the file and the sidecar put it right. */
  @IsInt() drift_repaired!: number;
  @IsOptional() @IsString() sidecar_version?: string | null;
  /** How the key that it trusts stands to the one that signs. */
  @IsOptional() @IsIn(KEY_TRUSTS) key_trust?: KeyTrust;
  /** The signing key that it trusts; null when it trusts none yet or does not tell. */
  @IsOptional() @ValidateNested() @Type(() => ToldKey) trusted_key?: ToldKey | null;
  /** The signing key that the file on its disk was verified with; null when that is not known. */
  @IsOptional() @ValidateNested() @Type(() => ToldKey) revision_key?: ToldKey | null;
  /** When its last report was written down; heartbeats without news are so every 10 s. */
  @IsString() last_seen!: string;
}

/** Every member of a cluster that has ever reported and was not forgotten. */
export class ClusterSync {
  @IsString() cluster_id!: string;
  @IsArray() @ValidateNested({ each: true }) @Type(() => MemberSync) members!: MemberSync[];
}

export class GetClusterSync {
  @IsString() @MaxLength(36) cluster_id!: string;
}

/** Which changes to list: of all members of a cluster, or of one. */
export class SyncHistoryQuery extends PageQuery {
  @IsOptional() @IsIn(CONFIG_TYPES) type?: ConfigType | null;
  @IsOptional() @IsString() @MaxLength(200) member?: string | null;
}

export class ListSyncHistory extends SyncHistoryQuery {
  @IsString() @MaxLength(36) cluster_id!: string;
}

/** A member came to the end of a change (`loaded`, `live`, `failed`), got stuck on the way, repaired its file, or trusts another key. */
export class SyncChange {
  @IsString() id!: string;
  @IsIn(CONFIG_TYPES) type!: ConfigType;
  @IsString() member!: string;
  @IsIn(SIDECAR_STATES) state!: SidecarState;
  @IsOptional() @IsInt() revision?: number | null;
  @IsOptional() @IsString() hash?: string | null;
  @IsOptional() @IsString() reason?: string | null;
  @IsInt() drift_repaired!: number;
  /** The signing key that it trusted then; null when it trusted none or did not tell. */
  @IsOptional() @ValidateNested() @Type(() => ToldKey) trusted_key?: ToldKey | null;
  /** The signing key that its file was verified with; null when that is not known. */
  @IsOptional() @ValidateNested() @Type(() => ToldKey) revision_key?: ToldKey | null;
  @IsString() at!: string;
}

export class SyncHistoryPage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => SyncChange) items!: SyncChange[];
  @IsOptional() @IsString() next_cursor?: string | null;
}

/** The rule file that a cluster is served, as data. */
export class ServedRules {
  @IsString() cluster_id!: string;
  @IsInt() revision!: number;
  /** SHA-256 of the exact bytes that sidecars get, hex. */
  @IsString() hash!: string;
  /** So many rules. */
  @IsInt() rules!: number;
  /** What the file says: `groups` in the form of Prometheus' rule files. */
  @IsObject() content!: Record<string, unknown>;
  /** Seconds since the database last confirmed that nothing newer is published; more than a few while it is away. */
  @IsInt() age_seconds!: number;
}

const owner = 'config' as const;

export const getClusterSync = defineRequest({
  owner,
  subject: 'alertagent.config.v1.get-cluster-sync',
  request: GetClusterSync,
  reply: ClusterSync,
});
/** Newest first. The cursor is the id of the last change of the page before. */
export const listSyncHistory = defineRequest({
  owner,
  subject: 'alertagent.config.v1.list-sync-history',
  request: ListSyncHistory,
  reply: SyncHistoryPage,
});
/** Errors: `not_found` when the cluster is served no rules file. */
export const getServedRules = defineRequest({
  owner,
  subject: 'alertagent.config.v1.get-served-rules',
  request: GetClusterSync,
  reply: ServedRules,
});
