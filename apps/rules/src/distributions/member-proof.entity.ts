import { epochMs } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';
import type { MemberProof } from './member-proof';

/** What one member proved about one rule. */
export interface StoredProof extends MemberProof {
  distributionId: string;
  member: string;
  clusterId: string;
  changedAt: Date;
}

export const memberProofEntity = new EntitySchema<StoredProof>({
  name: 'rule_distribution_members',
  columns: {
    distributionId: { name: 'distribution_id', type: 'varchar', length: 36, primary: true },
    member: { type: 'varchar', length: 200, primary: true },
    clusterId: { name: 'cluster_id', type: 'varchar', length: 36 },
    status: { type: 'varchar', length: 20 },
    statusVersion: { name: 'status_version', type: 'int', nullable: true },
    reason: { type: 'longtext', nullable: true },
    loadedVersion: { name: 'loaded_version', type: 'int', nullable: true },
    goneRevision: { name: 'gone_revision', type: 'int', nullable: true },
    changedAt: { name: 'changed_at', type: 'bigint', transformer: epochMs },
  },
  indices: [{ name: 'IX_rule_distribution_members_cluster', columns: ['clusterId'] }],
});
