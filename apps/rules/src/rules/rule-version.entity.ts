import type { RuleView } from '@alertagent/contracts';
import { epochMs, json } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';
import type { RuleChange, StoredRuleVersion } from './stored-rule-version';

export type { RuleChange, StoredRuleVersion };

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
