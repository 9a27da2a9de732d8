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

  /**
   * The rules whose versions must not be placed on a cluster now, by id. Sees to it that their tests are run. The caller holds the
   * targeting lock.
   */
  async holding(tx: EntityManager, rules: readonly { id: string; version: number }[]): Promise<Set<string>> {
    const versions = new Map(rules.map(({ id, version }) => [id, version]));
    const held = new Set<string>();
    for (const tests of await this.tests.ofRules(tx, [...versions.keys()])) {
      const order = { ruleVersion: versions.get(tests.ruleId)!, now: this.clock.now() };
      if (!isReleased(await this.tests.ensureRun(tx, tests, order))) held.add(tests.ruleId);
    }
    return held;
  }
}
