import type { RuleHold } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { approvalHold } from '../approvals/approval-hold';
import { RuleApprovalsStore } from '../approvals/rule-approvals.store';
import { testHold } from '../rule-tests/test-hold';
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
  async of(manager: EntityManager, { id, version, deletedAt }: StoredRule): Promise<RuleHold[]> {
    const approval = (await this.approvals.openOf(manager, [id])).get(id);
    const tests = deletedAt ? null : await this.tests.find(manager, id);
    const run = tests && (await this.tests.run(manager, tests, version));
    return [approval ? approvalHold(approval) : null, run ? testHold(run) : null].filter((hold) => hold !== null);
  }
}
