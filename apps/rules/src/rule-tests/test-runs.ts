import { Clock } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { TargetingTransactions } from '../distributions/targeting-transactions';
import type { TestVerdict } from './promtool-tests';
import type { StoredRuleTestRun } from './rule-test-run.entity';
import { isReleased } from './rule-test-view';
import { RuleTestsStore } from './rule-tests.store';
import { TestReleases } from './test-releases';

/** Writes down what promtool said, and does what follows from it. */
@Injectable()
export class TestRuns {
  constructor(
    private readonly transactions: TargetingTransactions,
    private readonly tests: RuleTestsStore,
    private readonly releases: TestReleases,
    private readonly clock: Clock,
  ) {}

  /** Distributes the rule's current version when the verdict lets it go; one about an older version cannot: the gate asks for its own. */
  async end(run: StoredRuleTestRun, verdict: TestVerdict): Promise<void> {
    await this.transactions.run(async (tx, moved) => {
      const now = this.clock.now();
      const ended = { ...verdict, endedAt: now, leaseUntil: null };
      const isWritten = await this.tests.change(tx, run, ended);
      const isFree = isWritten && isReleased({ ...run, ...ended });
      if (isFree) moved.push(...(await this.releases.release(tx, run.ruleId, now)));
    });
  }
}
