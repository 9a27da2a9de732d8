import { epochMs, json } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';
import type { StoredRuleGroup } from './stored-rule-group';

export const ruleGroupEntity = new EntitySchema<StoredRuleGroup>({
  name: 'rule_groups',
  columns: {
    id: { type: 'varchar', length: 36, primary: true },
    nameKey: { name: 'name_key', type: 'varchar', length: 64 },
    namespace: { type: 'varchar', length: 200 },
    name: { type: 'varchar', length: 200 },
    // INTERVAL and LIMIT are words of SQL.
    interval: { name: 'eval_interval', type: 'varchar', length: 50, nullable: true },
    limit: { name: 'series_limit', type: 'int', nullable: true },
    queryOffset: { name: 'query_offset', type: 'varchar', length: 50, nullable: true },
    labels: { type: 'longtext', transformer: json<Record<string, string>>() },
    version: { type: 'int' },
    createdAt: { name: 'created_at', type: 'bigint', transformer: epochMs },
    updatedAt: { name: 'updated_at', type: 'bigint', transformer: epochMs },
  },
  indices: [{ name: 'UQ_rule_groups_name_key', columns: ['nameKey'], unique: true }],
});
