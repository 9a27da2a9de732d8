import type { RuleTestRunView, RuleTestsView } from '@alertagent/contracts';
import type { StoredRuleTestRun } from './rule-test-run.entity';
import type { StoredRuleTests } from './rule-tests.entity';

/** Whether the version of the rule may run: its tests passed, could not be run by anybody here, or somebody answers for it. */
export const isReleased = ({ state, overrideReason }: StoredRuleTestRun): boolean =>
  state === 'passed' || state === 'not_run' || overrideReason !== null;

/** A run as the API shows it. */
export const ruleTestRunView = (run: StoredRuleTestRun): RuleTestRunView => ({
  id: run.id,
  rule_id: run.ruleId,
  rule_version: run.ruleVersion,
  tests_version: run.testsVersion,
  state: run.state,
  reason: run.reason,
  promtool: run.promtool,
  results: run.results,
  blocks: !isReleased(run),
  override_reason: run.overrideReason,
  overridden_by: run.overriddenBy,
  created_at: run.createdAt.toISOString(),
  ended_at: run.endedAt?.toISOString() ?? null,
});

/** Tests as the API shows them. */
export const ruleTestsView = (tests: StoredRuleTests, latest: StoredRuleTestRun | null): RuleTestsView => ({
  rule_id: tests.ruleId,
  content: tests.content,
  with: tests.with,
  version: tests.version,
  test_count: tests.testCount,
  updated_at: tests.updatedAt.toISOString(),
  updated_by: tests.updatedBy,
  latest: latest && ruleTestRunView(latest),
});
