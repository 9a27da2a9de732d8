import type { ClusterHealthState } from '@alertagent/contracts';
import { epochMs } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';

/** One change of how a cluster, or one of its members, is. */
export interface StoredHealthChange {
  id: string;
  clusterId: string;
  /** Null for the cluster itself, as `member`. */
  type: string | null;
  member: string | null;
  status: ClusterHealthState;
  previous: ClusterHealthState;
  reason: string | null;
  at: Date;
}

export const healthHistoryEntity = new EntitySchema<StoredHealthChange>({
  name: 'cluster_health_history',
  columns: {
    id: { type: 'varchar', length: 36, primary: true },
    clusterId: { name: 'cluster_id', type: 'varchar', length: 36 },
    type: { type: 'varchar', length: 30, nullable: true },
    member: { type: 'varchar', length: 200, nullable: true },
    status: { type: 'varchar', length: 20 },
    previous: { type: 'varchar', length: 20 },
    reason: { type: 'longtext', nullable: true },
    at: { type: 'bigint', transformer: epochMs },
  },
  indices: [
    { name: 'IX_cluster_health_history_cluster', columns: ['clusterId', 'id'] },
    { name: 'IX_cluster_health_history_at', columns: ['clusterId', 'at'] },
  ],
});
