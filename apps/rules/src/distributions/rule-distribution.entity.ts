import type { DistributionState } from '@alertagent/contracts';
import { epochMs } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';

/** What one cluster should do about one rule, and how far it was when last computed. One row per pair, kept for ever. */
export interface StoredDistribution {
  id: string;
  ruleId: string;
  clusterId: string;
  /** The version to run, or the one that was withdrawn. */
  version: number;
  /** The rule must not run here any more. */
  withdrawn: boolean;
  /** As of the last report; what people are shown is computed again from the members, because silence changes it too. */
  status: DistributionState;
  reason: string | null;
  /** The first revision that holds `version`; null until it was rendered. */
  renderedRevision: number | null;
  /** Why `version` could not be rendered. */
  refusedReason: string | null;
  /** The newest revision known to hold any version of the rule; 0 when there is none. */
  seenInRevision: number;
  /** When `version` became the one to run. */
  savedAt: Date;
  /** When `version` was first proven live on every member. */
  liveAt: Date | null;
  withdrawnAt: Date | null;
}

export const ruleDistributionEntity = new EntitySchema<StoredDistribution>({
  name: 'rule_distributions',
  columns: {
    id: { type: 'varchar', length: 36, primary: true },
    ruleId: { name: 'rule_id', type: 'varchar', length: 36 },
    clusterId: { name: 'cluster_id', type: 'varchar', length: 36 },
    version: { type: 'int' },
    withdrawn: { type: 'boolean' },
    status: { type: 'varchar', length: 20 },
    reason: { type: 'longtext', nullable: true },
    renderedRevision: { name: 'rendered_revision', type: 'int', nullable: true },
    refusedReason: { name: 'refused_reason', type: 'longtext', nullable: true },
    seenInRevision: { name: 'seen_in_revision', type: 'int' },
    savedAt: { name: 'saved_at', type: 'bigint', transformer: epochMs },
    liveAt: { name: 'live_at', type: 'bigint', nullable: true, transformer: epochMs },
    withdrawnAt: { name: 'withdrawn_at', type: 'bigint', nullable: true, transformer: epochMs },
  },
  indices: [
    { name: 'UQ_rule_distributions_rule_cluster', columns: ['ruleId', 'clusterId'], unique: true },
    { name: 'IX_rule_distributions_cluster', columns: ['clusterId'] },
  ],
});
