import type { RuleHold } from '@alertagent/contracts';
import { isReleased } from './rule-test-view';
import type { StoredRuleTestRun } from './rule-test-run.entity';

/** What a run of tests keeps from running, and what would let it go; null when it keeps nothing. */
export function testHold(run: StoredRuleTestRun): RuleHold | null {
  if (isReleased(run)) return null;
  const { state, ruleVersion: version } = run;
  const reason =
    state === 'waiting' || state === 'running'
      ? `the tests of version ${version} have not been run to their end yet`
      : `version ${version} did not pass its tests; mend it, or answer for it with …/tests/override`;
  return { by: 'tests', version, reason };
}
