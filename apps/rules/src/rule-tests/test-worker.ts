import { Clock, inTransaction, LOGGER, RepeatedWork, type Logger } from '@alertagent/service-kit';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { TestVerdict } from './promtool-tests';
import type { StoredRuleTestRun } from './rule-test-run.entity';
import { RuleTestsStore } from './rule-tests.store';
import { TestJudge } from './test-judge';
import { TestRuns } from './test-runs';

const LOOK_EVERY_MS = 250;
const AT_ONCE = 2;
/** Longer than promtool may take for a whole file; whoever is not done then is dead. */
const LEASE_MS = 5 * 60_000;
const MOST_ATTEMPTS = 3;

/** Runs the tests that wait. */
@Injectable()
export class TestWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly looking: RepeatedWork;
  private readonly log: Logger;

  constructor(
    private readonly dataSource: DataSource,
    private readonly tests: RuleTestsStore,
    private readonly judge: TestJudge,
    private readonly runs: TestRuns,
    private readonly clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.log = logger.component('rule-tests');
    this.looking = new RepeatedWork({
      everyMs: LOOK_EVERY_MS,
      maxPauseMs: 10_000,
      work: () => this.look(),
      onFailure: (error) => this.log.warn({ error }, 'Tests of rules cannot be run now; they are tried again'),
    });
  }

  onApplicationBootstrap(): void {
    this.looking.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.looking.stop();
  }

  private async look(): Promise<void> {
    const now = this.clock.now();
    const due = await this.tests.due(this.dataSource.manager, now, AT_ONCE);
    const work = due.map(async (seen) => {
      const run = await this.take(seen, now);
      if (run) await this.carryOut(run);
    });
    // One that fails does not keep the others; the first error is thrown at the end.
    for (const each of await Promise.allSettled(work)) if (each.status === 'rejected') throw each.reason;
  }

  /** Null when somebody else has taken it. */
  private async take(seen: StoredRuleTestRun, now: Date): Promise<StoredRuleTestRun | null> {
    const changes = {
      state: 'running' as const,
      attempts: seen.attempts + 1,
      leaseUntil: new Date(now.getTime() + LEASE_MS),
    };
    const isTaken = await inTransaction(this.dataSource, (tx) => this.tests.change(tx, seen, changes));
    return isTaken ? { ...seen, ...changes } : null;
  }

  private async carryOut(run: StoredRuleTestRun): Promise<void> {
    await this.runs.end(run, run.attempts > MOST_ATTEMPTS ? givenUp(run) : await this.judge.judge(run));
  }
}

const givenUp = ({ attempts }: StoredRuleTestRun): TestVerdict => ({
  state: 'error',
  reason: `it was begun ${attempts - 1} times, and the service ended each time before it was done`,
  promtool: null,
  results: [],
});
