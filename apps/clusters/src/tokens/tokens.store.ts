import { Injectable } from '@nestjs/common';
import { IsNull, type EntityManager } from 'typeorm';
import { clusterTokenEntity, type StoredClusterToken } from './cluster-token.entity';

/** Machine tokens. */
@Injectable()
export class TokensStore {
  async insert(tx: EntityManager, token: StoredClusterToken): Promise<void> {
    await tx.insert(clusterTokenEntity, token);
  }

  byHash(manager: EntityManager, tokenHash: string): Promise<StoredClusterToken | null> {
    return manager.findOneBy(clusterTokenEntity, { tokenHash });
  }

  find(manager: EntityManager, clusterId: string, id: string): Promise<StoredClusterToken | null> {
    return manager.findOneBy(clusterTokenEntity, { clusterId, id });
  }

  /** Oldest first, revoked ones included. */
  ofCluster(manager: EntityManager, clusterId: string): Promise<StoredClusterToken[]> {
    return manager.find(clusterTokenEntity, { where: { clusterId }, order: { id: 'ASC' } });
  }

  /** Answers whether this call did it: false when it was revoked before. */
  async revoke(tx: EntityManager, id: string, at: Date): Promise<boolean> {
    const { affected } = await tx.update(clusterTokenEntity, { id, revokedAt: IsNull() }, { revokedAt: at });
    return affected === 1;
  }
}
