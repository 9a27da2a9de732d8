import { epochMs } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';
import type { ClusterMember } from './cluster-member';

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
    program: { type: 'varchar', length: 20, nullable: true },
    programVersion: { name: 'program_version', type: 'varchar', length: 100, nullable: true },
  },
});
