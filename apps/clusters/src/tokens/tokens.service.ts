import {
  ServiceError,
  type ClusterTokenGrant,
  type ClusterTokenList,
  type IssueClusterToken,
  type IssuedClusterToken,
  type RevokeClusterToken,
} from '@alertagent/contracts';
import { AuditLog, Clock, inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ClustersStore } from '../clusters/clusters.store';
import { TokenIssuer, tokenGrant, tokenView } from './token-issuer';
import { TokensStore } from './tokens.store';

/** Issues, lists, revokes and finds the machine tokens of clusters. */
@Injectable()
export class TokensService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clusters: ClustersStore,
    private readonly store: TokensStore,
    private readonly issuer: TokenIssuer,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Errors: `not_found`; `invalid` when it would be expired from the start. */
  async issue({ cluster_id, purpose, name, expires_at, actor }: IssueClusterToken): Promise<IssuedClusterToken> {
    const expiresAt = expires_at ? new Date(expires_at) : null;
    if (expiresAt && !(expiresAt.getTime() > this.clock.now().getTime())) {
      throw new ServiceError('invalid', '/expires_at: expected a time in the future', {
        errors: [{ pointer: '/expires_at', code: 'not_in_future', detail: 'expected a time in the future' }],
      });
    }
    return inTransaction(this.dataSource, async (tx) => {
      // Locked: a token must not be made for a cluster that is being retired.
      const cluster = await this.clusters.lock(tx, cluster_id);
      if (!cluster) throw noCluster();
      const { token, ...view } = await this.issuer.issue(tx, cluster, {
        purpose,
        name: name ?? `${purpose} token`,
        expiresAt,
      });
      await this.audit.record(tx, {
        actor,
        action: 'cluster-token.issued',
        resource_type: 'cluster-token',
        resource_id: view.id,
        after: view,
      });
      return { ...view, token };
    });
  }

  /** Revoking twice is no error. Errors: `not_found`. */
  async revoke({ cluster_id, token_id, actor }: RevokeClusterToken): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      const cluster = await this.clusters.find(tx, cluster_id);
      const token = cluster && (await this.store.find(tx, cluster.id, token_id));
      if (!token) throw new ServiceError('not_found', 'the cluster has no such token');
      if ((await this.issuer.revoke(tx, token)) === 'was_revoked') return;
      await this.audit.record(tx, {
        actor,
        action: 'cluster-token.revoked',
        resource_type: 'cluster-token',
        resource_id: token.id,
        before: tokenView(token),
      });
    });
  }

  /** Oldest first, dead ones included. Errors: `not_found`. */
  async list(clusterIdOrName: string): Promise<ClusterTokenList> {
    const { manager } = this.dataSource;
    const cluster = await this.clusters.find(manager, clusterIdOrName);
    if (!cluster) throw noCluster();
    return { items: (await this.store.ofCluster(manager, cluster.id)).map(tokenView) };
  }

  /** What the holder of the token may do. Errors: `not_found` when it never lived or is dead. */
  async find(tokenHash: string): Promise<ClusterTokenGrant> {
    const { manager } = this.dataSource;
    const token = await this.store.byHash(manager, tokenHash);
    const isAlive = token && !token.revokedAt && (!token.expiresAt || token.expiresAt > this.clock.now());
    const cluster = isAlive ? await this.clusters.find(manager, token.clusterId) : null;
    if (!token || !cluster) throw new ServiceError('not_found', 'nobody issued this token, or it is dead');
    return tokenGrant(token, cluster.name);
  }
}

const noCluster = (): ServiceError => new ServiceError('not_found', 'there is no such cluster');
