import type { ClusterTokenPurpose } from '@alertagent/contracts';
import { epochMs } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';

/** A machine token; only its hash is kept. */
export interface StoredClusterToken {
  id: string;
  clusterId: string;
  purpose: ClusterTokenPurpose;
  name: string;
  /** SHA-256 of the token, hex. */
  tokenHash: string;
  createdAt: Date;
  expiresAt: Date | null;
  revokedAt: Date | null;
}

export const clusterTokenEntity = new EntitySchema<StoredClusterToken>({
  name: 'cluster_tokens',
  columns: {
    id: { type: 'varchar', length: 36, primary: true },
    clusterId: { name: 'cluster_id', type: 'varchar', length: 36 },
    purpose: { type: 'varchar', length: 20 },
    name: { type: 'varchar', length: 200 },
    tokenHash: { name: 'token_hash', type: 'varchar', length: 64 },
    createdAt: { name: 'created_at', type: 'bigint', transformer: epochMs },
    expiresAt: { name: 'expires_at', type: 'bigint', nullable: true, transformer: epochMs },
    revokedAt: { name: 'revoked_at', type: 'bigint', nullable: true, transformer: epochMs },
  },
  indices: [
    { name: 'UQ_cluster_tokens_token_hash', columns: ['tokenHash'], unique: true },
    { name: 'IX_cluster_tokens_cluster', columns: ['clusterId'] },
  ],
});
