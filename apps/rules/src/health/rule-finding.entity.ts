import type { RuleFindingKind } from '@alertagent/contracts';
import { epochMs } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';

/** One thing that was wrong with one rule on one cluster in the last sweep. */
export interface StoredFinding {
  id: string;
  ruleId: string;
  clusterId: string;
  finding: RuleFindingKind;
  ruleName: string;
  owner: string | null;
  detail: string;
  since: Date;
  lookedAt: Date;
}

export const ruleFindingEntity = new EntitySchema<StoredFinding>({
  name: 'rule_findings',
  columns: {
    id: { type: 'varchar', length: 36, primary: true },
    ruleId: { name: 'rule_id', type: 'varchar', length: 36 },
    clusterId: { name: 'cluster_id', type: 'varchar', length: 36 },
    finding: { type: 'varchar', length: 20 },
    ruleName: { name: 'rule_name', type: 'varchar', length: 200 },
    owner: { type: 'varchar', length: 200, nullable: true },
    detail: { type: 'longtext' },
    since: { name: 'since_at', type: 'bigint', transformer: epochMs },
    lookedAt: { name: 'looked_at', type: 'bigint', transformer: epochMs },
  },
  indices: [
    { name: 'UQ_rule_findings_what', columns: ['clusterId', 'ruleId', 'finding'], unique: true },
    { name: 'IX_rule_findings_rule', columns: ['ruleId'] },
  ],
});
