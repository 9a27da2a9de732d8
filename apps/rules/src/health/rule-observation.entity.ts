import { epochMs } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';

/** What one member showed of one rule, as of its last report that said something new. */
export interface StoredObservation {
  clusterId: string;
  member: string;
  ruleId: string;
  ruleVersion: number | null;
  isFailing: boolean;
  reason: string | null;
  evaluationSeconds: number | null;
  /** What all rules of its group took together. */
  groupSeconds: number | null;
  intervalSeconds: number | null;
  /** Since when it fires without a break; null when it does not. */
  firingSince: Date | null;
  lastFiredAt: Date | null;
  /** Since when the member has shown it. */
  since: Date;
  seenAt: Date;
}

export const ruleObservationEntity = new EntitySchema<StoredObservation>({
  name: 'rule_observations',
  columns: {
    clusterId: { name: 'cluster_id', type: 'varchar', length: 36, primary: true },
    member: { type: 'varchar', length: 200, primary: true },
    ruleId: { name: 'rule_id', type: 'varchar', length: 36, primary: true },
    ruleVersion: { name: 'rule_version', type: 'int', nullable: true },
    isFailing: { name: 'is_failing', type: 'boolean' },
    reason: { type: 'longtext', nullable: true },
    evaluationSeconds: { name: 'evaluation_seconds', type: 'double', nullable: true },
    groupSeconds: { name: 'group_seconds', type: 'double', nullable: true },
    intervalSeconds: { name: 'interval_seconds', type: 'double', nullable: true },
    firingSince: { name: 'firing_since', type: 'bigint', nullable: true, transformer: epochMs },
    lastFiredAt: { name: 'last_fired_at', type: 'bigint', nullable: true, transformer: epochMs },
    since: { name: 'since_at', type: 'bigint', transformer: epochMs },
    seenAt: { name: 'seen_at', type: 'bigint', transformer: epochMs },
  },
});
