import { Clock } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { isReleased } from './rule-test-view';
import { RuleTestsStore } from './rule-tests.store';

/** Holds back versions of rules that have not passed their tests. */
@Injectable()
export class TestGate {
  constructor(
    private readonly tests: RuleTestsStore,
    private readonly clock: Clock,
  ) {}

  /** Whether the version must not be placed on a cluster now. Sees to it that its tests are run. The caller holds the targeting lock. */
  async holds(tx: EntityManager, rule: { id: string; version: number }): Promise<boolean> {
    const tests = await this.tests.find(tx, rule.id);
    if (!tests) return false;
    return !isReleased(await this.tests.ensureRun(tx, tests, { ruleVersion: rule.version, now: this.clock.now() }));
  }
}
