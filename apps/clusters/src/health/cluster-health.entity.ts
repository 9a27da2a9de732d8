import type { ClusterHealthState } from '@alertagent/contracts';
import { epochMs, json } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';
import type { CheckSlot } from './cluster-health';

/** The health of a cluster that people are shown; one row per cluster. */
export interface StoredClusterHealth {
  clusterId: string;
  status: ClusterHealthState;
  reason: string | null;
  changedAt: Date;
  /** The last report of any member. */
  lastCheck: Date | null;
  checks: CheckSlot[];
}

export const clusterHealthEntity = new EntitySchema<StoredClusterHealth>({
  name: 'cluster_health_status',
  columns: {
    clusterId: { name: 'cluster_id', type: 'varchar', length: 36, primary: true },
    status: { type: 'varchar', length: 20 },
    reason: { type: 'longtext', nullable: true },
    changedAt: { name: 'changed_at', type: 'bigint', transformer: epochMs },
    lastCheck: { name: 'last_check', type: 'bigint', nullable: true, transformer: epochMs },
    checks: { type: 'longtext', transformer: json<CheckSlot[]>() },
  },
  indices: [{ name: 'IX_cluster_health_status_status', columns: ['status'] }],
});
