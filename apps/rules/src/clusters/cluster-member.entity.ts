import type { SidecarState } from '@alertagent/contracts';
import { epochMs } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';

/** A Prometheus replica that reports for a cluster, and the newest thing it said about a revision. */
export interface ClusterMember {
  clusterId: string;
  name: string;
  /** The newest revision it spoke of; null before it was given one. */
  revision: number | null;
  state: SidecarState;
  reason: string | null;
  /** When the report that says the above was made. */
  reportedAt: Date;
  /** When it was last heard at all; never goes back. */
  lastHeard: Date;
}

export const clusterMemberEntity = new EntitySchema<ClusterMember>({
  name: 'rule_cluster_members',
  columns: {
    clusterId: { name: 'cluster_id', type: 'varchar', length: 36, primary: true },
    name: { type: 'varchar', length: 200, primary: true },
    revision: { type: 'int', nullable: true },
    state: { type: 'varchar', length: 20 },
    reason: { type: 'longtext', nullable: true },
    reportedAt: { name: 'reported_at', type: 'bigint', transformer: epochMs },
    lastHeard: { name: 'last_heard', type: 'bigint', transformer: epochMs },
  },
});
