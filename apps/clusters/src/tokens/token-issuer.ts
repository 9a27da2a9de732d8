import {
  clusterTokenIssued,
  clusterTokenRevoked,
  type ClusterTokenGrant,
  type ClusterTokenPurpose,
  type ClusterTokenView,
  type IssuedClusterToken,
} from '@alertagent/contracts';
import { Clock, newId, newToken, Outbox, tokenHash } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { StoredClusterToken } from './cluster-token.entity';
import { TokensStore } from './tokens.store';

/** A cluster as a token names it. */
interface TokenCluster {
  id: string;
  name: string;
}

/** Makes and kills tokens inside somebody's transaction, and tells those who check them. */
@Injectable()
export class TokenIssuer {
  constructor(
    private readonly store: TokensStore,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** A new token; the answer is the only place where it can be read. */
  async issue(
    tx: EntityManager,
    cluster: TokenCluster,
    { purpose, name, expiresAt = null }: { purpose: ClusterTokenPurpose; name: string; expiresAt?: Date | null },
  ): Promise<IssuedClusterToken> {
    const token = newToken(purpose);
    const stored: StoredClusterToken = {
      id: newId(),
      clusterId: cluster.id,
      purpose,
      name,
      tokenHash: tokenHash(token),
      createdAt: this.clock.now(),
      expiresAt,
      revokedAt: null,
    };
    await this.store.insert(tx, stored);
    await this.outbox.add(tx, clusterTokenIssued, tokenGrant(stored, cluster.name));
    return { ...tokenView(stored), token };
  }

  /** Nothing happens to a token that is dead already. */
  async revoke(
    tx: EntityManager,
    { id, clusterId, tokenHash: hash }: StoredClusterToken,
  ): Promise<'revoked' | 'was_revoked'> {
    const now = this.clock.now();
    if (!(await this.store.revoke(tx, id, now))) return 'was_revoked';
    const event = { token_id: id, cluster_id: clusterId, token_hash: hash, revoked_at: now.toISOString() };
    await this.outbox.add(tx, clusterTokenRevoked, event);
    return 'revoked';
  }

  async revokeAll(tx: EntityManager, clusterId: string): Promise<void> {
    for (const token of await this.store.ofCluster(tx, clusterId)) await this.revoke(tx, token);
  }
}

/** A token as the API shows it: without the token. */
export const tokenView = (token: StoredClusterToken): ClusterTokenView => ({
  id: token.id,
  cluster_id: token.clusterId,
  purpose: token.purpose,
  name: token.name,
  created_at: token.createdAt.toISOString(),
  expires_at: token.expiresAt?.toISOString() ?? null,
  revoked_at: token.revokedAt?.toISOString() ?? null,
});

/** What those who check tokens need to know of one. */
export const tokenGrant = (token: StoredClusterToken, clusterName: string): ClusterTokenGrant => ({
  token_id: token.id,
  cluster_id: token.clusterId,
  cluster_name: clusterName,
  purpose: token.purpose,
  token_hash: token.tokenHash,
  expires_at: token.expiresAt?.toISOString() ?? null,
});
