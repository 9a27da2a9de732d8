import { epochMs, json } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';

/** The unit tests of a rule. */
export interface StoredRuleTests {
  ruleId: string;
  content: string;
  /** Ids of the other rules that they need. */
  with: string[];
  /** Grows by one with each change. */
  version: number;
  testCount: number;
  updatedAt: Date;
  updatedBy: string;
}

export const ruleTestsEntity = new EntitySchema<StoredRuleTests>({
  name: 'rule_tests',
  columns: {
    ruleId: { name: 'rule_id', type: 'varchar', length: 36, primary: true },
    content: { type: 'longtext' },
    with: { name: 'with_rules', type: 'longtext', transformer: json<string[]>() },
    version: { type: 'int' },
    testCount: { name: 'test_count', type: 'int' },
    updatedAt: { name: 'updated_at', type: 'bigint', transformer: epochMs },
    updatedBy: { name: 'updated_by', type: 'varchar', length: 200 },
  },
});
