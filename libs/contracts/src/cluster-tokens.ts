import { Type } from 'class-transformer';
import { IsArray, IsIn, IsOptional, IsString, Matches, MaxLength, ValidateNested } from 'class-validator';
import { defineEvent, defineRequest } from './contract';
import { Actor, ById, Done } from './kit';
import { IsUtcTime } from './validators';

export const CLUSTER_TOKEN_PURPOSES = ['webhook', 'sync'] as const;
export type ClusterTokenPurpose = (typeof CLUSTER_TOKEN_PURPOSES)[number];

export class ClusterTokenView {
  @IsString() id!: string;
  @IsString() cluster_id!: string;
  @IsIn(CLUSTER_TOKEN_PURPOSES) purpose!: ClusterTokenPurpose;
  @IsString() name!: string;
  @IsString() created_at!: string;
  @IsOptional() @IsString() expires_at?: string | null;
  @IsOptional() @IsString() revoked_at?: string | null;
}

export class ClusterTokenList {
  @IsArray() @ValidateNested({ each: true }) @Type(() => ClusterTokenView) items!: ClusterTokenView[];
}

/** What a person writes to issue one more token for a cluster, e.g. to rotate. */
export class ClusterTokenInput {
  @IsIn(CLUSTER_TOKEN_PURPOSES) purpose!: ClusterTokenPurpose;
  @IsOptional() @IsString() @MaxLength(200) name?: string | null;
  @IsOptional() @IsUtcTime() expires_at?: string | null;
}

export class IssueClusterToken extends ClusterTokenInput {
  @IsString() cluster_id!: string;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

export class IssuedClusterToken extends ClusterTokenView {
  /** Shown once. */
  @IsString() token!: string;
}

export class RevokeClusterToken {
  @IsString() cluster_id!: string;
  @IsString() token_id!: string;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

export class FindClusterToken {
  /** SHA-256 of the token, hex. */
  @Matches(/^[0-9a-f]{64}$/) token_hash!: string;
}

/** What a holder of the token may do; enough to authenticate it elsewhere. */
export class ClusterTokenGrant {
  @IsString() token_id!: string;
  @IsString() cluster_id!: string;
  @IsString() cluster_name!: string;
  @IsIn(CLUSTER_TOKEN_PURPOSES) purpose!: ClusterTokenPurpose;
  @Matches(/^[0-9a-f]{64}$/) token_hash!: string;
  @IsOptional() @IsString() expires_at?: string | null;
}

export class ClusterTokenRevoked {
  @IsString() token_id!: string;
  @IsString() cluster_id!: string;
  @Matches(/^[0-9a-f]{64}$/) token_hash!: string;
  @IsString() revoked_at!: string;
}

const owner = 'clusters' as const;
const key = 'cluster_id' as const;

/** A machine token exists; gateway and config keep its hash so that they can authenticate without asking. */
export const clusterTokenIssued = defineEvent({
  owner,
  subject: 'alertagent.clusters.v1.token-issued',
  payload: ClusterTokenGrant,
  key,
});
/** A machine token must no longer be accepted anywhere. */
export const clusterTokenRevoked = defineEvent({
  owner,
  subject: 'alertagent.clusters.v1.token-revoked',
  payload: ClusterTokenRevoked,
  key,
});

export const issueClusterToken = defineRequest({
  owner,
  subject: 'alertagent.clusters.v1.issue-token',
  request: IssueClusterToken,
  reply: IssuedClusterToken,
});
export const revokeClusterToken = defineRequest({
  owner,
  subject: 'alertagent.clusters.v1.revoke-token',
  request: RevokeClusterToken,
  reply: Done,
});
export const listClusterTokens = defineRequest({
  owner,
  subject: 'alertagent.clusters.v1.list-tokens',
  request: ById,
  reply: ClusterTokenList,
});
/** Authenticates a token whose `token-issued` event has not arrived yet; `not_found` when nobody issued it or it is dead. */
export const findClusterToken = defineRequest({
  owner,
  subject: 'alertagent.clusters.v1.find-token',
  request: FindClusterToken,
  reply: ClusterTokenGrant,
});
