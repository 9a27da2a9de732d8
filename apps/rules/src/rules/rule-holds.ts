import type { RuleHold } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { StoredRuleApproval } from '../approvals/rule-approval.entity';
import { RuleApprovalsStore } from '../approvals/rule-approvals.store';
import { isReleased } from '../rule-tests/rule-test-view';
import type { StoredRuleTestRun } from '../rule-tests/rule-test-run.entity';
import { RuleTestsStore } from '../rule-tests/rule-tests.store';
import type { StoredRule } from './stored-rule';

/** Tells why the newest version of a rule is not on its way to the clusters. */
@Injectable()
export class RuleHolds {
  constructor(
    private readonly approvals: RuleApprovalsStore,
    private readonly tests: RuleTestsStore,
  ) {}

  /** Empty when nothing holds it back. */
  async of(manager: EntityManager, rule: StoredRule): Promise<RuleHold[]> {
    const approval = (await this.approvals.openOf(manager, [rule.id])).get(rule.id);
    return [...(approval ? [ofApproval(approval)] : []), ...(await this.ofTests(manager, rule))];
  }

  private async ofTests(manager: EntityManager, rule: StoredRule): Promise<RuleHold[]> {
    const tests = rule.deletedAt ? null : await this.tests.find(manager, rule.id);
    const run = tests && (await this.tests.run(manager, tests, rule.version));
    return run && !isReleased(run) ? [{ by: 'tests', version: rule.version, reason: reasonOf(run) }] : [];
  }
}

function ofApproval({ id, state, version, change, decidedBy, decisionReason }: StoredRuleApproval): RuleHold {
  const what = change === 'deletion-requested' ? 'the deletion' : `version ${version}`;
  const rejected = `${what} was rejected by ${decidedBy} (${decisionReason}); change the rule, or restore a version`;
  const waits = `${what} waits for a second person: see /api/v1/rule-approvals/${id}`;
  return { by: 'approval', version, reason: state === 'rejected' ? rejected : waits, approval_id: id };
}

function reasonOf({ state, ruleVersion }: StoredRuleTestRun): string {
  return state === 'waiting' || state === 'running'
    ? `the tests of version ${ruleVersion} have not been run to their end yet`
    : `version ${ruleVersion} did not pass its tests; mend it, or answer for it with …/tests/override`;
}
