import { newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { In, LessThan, type EntityManager } from 'typeorm';
import { ruleTestRunEntity, type StoredRuleTestRun } from './rule-test-run.entity';
import { ruleTestsEntity, type StoredRuleTests } from './rule-tests.entity';

/** Tests of rules, and their runs. */
@Injectable()
export class RuleTestsStore {
  find(manager: EntityManager, ruleId: string): Promise<StoredRuleTests | null> {
    return manager.findOneBy(ruleTestsEntity, { ruleId });
  }

  /** Of those of these rules that have tests. */
  async ofRules(manager: EntityManager, ruleIds: readonly string[]): Promise<StoredRuleTests[]> {
    return ruleIds.length === 0 ? [] : manager.findBy(ruleTestsEntity, { ruleId: In([...ruleIds]) });
  }

  async save(tx: EntityManager, tests: StoredRuleTests): Promise<void> {
    await tx.upsert(ruleTestsEntity, tests, ['ruleId']);
  }

  /** Forgets the tests and every run of them. */
  async delete(tx: EntityManager, ruleId: string): Promise<void> {
    await tx.delete(ruleTestRunEntity, { ruleId });
    await tx.delete(ruleTestsEntity, { ruleId });
  }

  run(
    manager: EntityManager,
    { ruleId, version: testsVersion }: StoredRuleTests,
    ruleVersion: number,
  ): Promise<StoredRuleTestRun | null> {
    return manager.findOneBy(ruleTestRunEntity, { ruleId, ruleVersion, testsVersion });
  }

  runById(manager: EntityManager, id: string): Promise<StoredRuleTestRun | null> {
    return manager.findOneBy(ruleTestRunEntity, { id });
  }

  /** The run of these tests on a version of the rule; one that waits when there was none. The caller holds the targeting lock. */
  async ensureRun(
    tx: EntityManager,
    tests: StoredRuleTests,
    { ruleVersion, now }: { ruleVersion: number; now: Date },
  ): Promise<StoredRuleTestRun> {
    const known = await this.run(tx, tests, ruleVersion);
    if (known) return known;
    const run: StoredRuleTestRun = {
      id: newId(),
      ruleId: tests.ruleId,
      ruleVersion,
      testsVersion: tests.version,
      state: 'waiting',
      reason: null,
      promtool: null,
      results: [],
      overrideReason: null,
      overriddenBy: null,
      attempts: 0,
      leaseUntil: null,
      createdAt: now,
      endedAt: null,
    };
    await tx.insert(ruleTestRunEntity, run);
    return run;
  }

  /** Changes a run that is still as it was seen; answers false when it is not. */
  async change(tx: EntityManager, seen: StoredRuleTestRun, changes: Partial<StoredRuleTestRun>): Promise<boolean> {
    const { id, state, attempts } = seen;
    const { affected } = await tx.update(ruleTestRunEntity, { id, state, attempts }, changes);
    return affected === 1;
  }

  /** Runs that nobody works on. */
  due(manager: EntityManager, now: Date, limit: number): Promise<StoredRuleTestRun[]> {
    return manager.find(ruleTestRunEntity, {
      where: [{ state: 'waiting' }, { state: 'running', leaseUntil: LessThan(now) }],
      order: { id: 'ASC' },
      take: limit,
    });
  }

  /** Newest first. */
  runs(
    manager: EntityManager,
    ruleId: string,
    { before, limit }: { before: string | null; limit: number },
  ): Promise<StoredRuleTestRun[]> {
    return manager.find(ruleTestRunEntity, {
      where: { ruleId, ...(before ? { id: LessThan(before) } : {}) },
      order: { id: 'DESC' },
      take: limit,
    });
  }
}
