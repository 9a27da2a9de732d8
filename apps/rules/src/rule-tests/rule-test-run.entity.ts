import type { RuleTestResult, RuleTestState } from '@alertagent/contracts';
import { epochMs, json } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';

/** The tests of a rule on one of its versions, once for each pair of versions. */
export interface StoredRuleTestRun {
  id: string;
  ruleId: string;
  ruleVersion: number;
  testsVersion: number;
  state: RuleTestState;
  reason: string | null;
  promtool: string | null;
  results: RuleTestResult[];
  overrideReason: string | null;
  overriddenBy: string | null;
  attempts: number;
  leaseUntil: Date | null;
  createdAt: Date;
  endedAt: Date | null;
}

export const ruleTestRunEntity = new EntitySchema<StoredRuleTestRun>({
  name: 'rule_test_runs',
  columns: {
    id: { type: 'varchar', length: 36, primary: true },
    ruleId: { name: 'rule_id', type: 'varchar', length: 36 },
    ruleVersion: { name: 'rule_version', type: 'int' },
    testsVersion: { name: 'tests_version', type: 'int' },
    state: { type: 'varchar', length: 20 },
    reason: { type: 'longtext', nullable: true },
    promtool: { type: 'varchar', length: 40, nullable: true },
    results: { type: 'longtext', transformer: json<RuleTestResult[]>() },
    overrideReason: { name: 'override_reason', type: 'longtext', nullable: true },
    overriddenBy: { name: 'overridden_by', type: 'varchar', length: 200, nullable: true },
    attempts: { type: 'int' },
    leaseUntil: { name: 'lease_until', type: 'bigint', nullable: true, transformer: epochMs },
    createdAt: { name: 'created_at', type: 'bigint', transformer: epochMs },
    endedAt: { name: 'ended_at', type: 'bigint', nullable: true, transformer: epochMs },
  },
  indices: [
    { name: 'UQ_rule_test_runs_versions', columns: ['ruleId', 'ruleVersion', 'testsVersion'], unique: true },
    { name: 'IX_rule_test_runs_state', columns: ['state', 'id'] },
  ],
});
