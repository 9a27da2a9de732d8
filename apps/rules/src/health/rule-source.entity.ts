import type { RuleHealthSource } from '@alertagent/contracts';
import { epochMs } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';

/** Whether a cluster's source of series could be asked, as of the last sweep. */
export interface StoredRuleSource {
  clusterId: string;
  outcome: RuleHealthSource['outcome'];
  reason: string | null;
  lookedAt: Date;
}

export const ruleSourceEntity = new EntitySchema<StoredRuleSource>({
  name: 'rule_sources',
  columns: {
    clusterId: { name: 'cluster_id', type: 'varchar', length: 36, primary: true },
    outcome: { type: 'varchar', length: 20 },
    reason: { type: 'longtext', nullable: true },
    lookedAt: { name: 'looked_at', type: 'bigint', transformer: epochMs },
  },
});
