import type { RuleView } from '@alertagent/contracts';
import { epochMs, json } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';

/** What was done to a rule; `deleted` keeps the content as it was, and so does a deletion that waits for approval. */
export type RuleChange = 'created' | 'updated' | 'restored' | 'deleted' | 'deletion-requested';

/** A rule as it was at one version; never changed. */
export interface StoredRuleVersion {
  ruleId: string;
  version: number;
  change: RuleChange;
  author: string;
  createdAt: Date;
  rule: RuleView;
}

export const ruleVersionEntity = new EntitySchema<StoredRuleVersion>({
  name: 'rule_versions',
  columns: {
    ruleId: { name: 'rule_id', type: 'varchar', length: 36, primary: true },
    version: { type: 'int', primary: true },
    change: { name: 'change_kind', type: 'varchar', length: 20 },
    author: { type: 'varchar', length: 200 },
    createdAt: { name: 'created_at', type: 'bigint', transformer: epochMs },
    rule: { name: 'content', type: 'longtext', transformer: json<RuleView>() },
  },
});
