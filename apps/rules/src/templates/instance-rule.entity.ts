import { json } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';
import type { RuleTerms } from './rule-terms';

/** A rule that an instance has made or is about to make. */
export interface StoredInstanceRule {
  instanceId: string;
  /** The template's name for the rule. */
  key: string;
  ruleId: string;
  /** The rule as the instance last left it; null until it was made. What differs from it was changed by hand. */
  applied: RuleTerms | null;
}

export const instanceRuleEntity = new EntitySchema<StoredInstanceRule>({
  name: 'template_instance_rules',
  columns: {
    instanceId: { name: 'instance_id', type: 'varchar', length: 36, primary: true },
    key: { name: 'rule_key', type: 'varchar', length: 200, primary: true },
    ruleId: { name: 'rule_id', type: 'varchar', length: 36 },
    applied: { type: 'longtext', nullable: true, transformer: json<RuleTerms | null>() },
  },
  indices: [{ name: 'UQ_template_instance_rules_rule', columns: ['ruleId'], unique: true }],
});
