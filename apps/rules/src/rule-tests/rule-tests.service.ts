import { readPromtestFile, type PromtestFile } from '@alertagent/alerting';
import {
  ServiceError,
  type Actor,
  type OverrideRuleTests,
  type PutRuleTests,
  type RuleTestOrder,
  type RuleTestRunView,
  type RuleTestsView,
} from '@alertagent/contracts';
import { AuditLog, Clock } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { TargetingTransactions } from '../distributions/targeting-transactions';
import type { StoredRule } from '../rules/stored-rule';
import { RulesStore } from '../rules/rules.store';
import { isReleased, ruleTestRunView, ruleTestsView } from './rule-test-view';
import type { StoredRuleTests } from './rule-tests.entity';
import { RuleTestsStore } from './rule-tests.store';
import { TestReleases } from './test-releases';

/** Changes the tests of rules, and what follows from them. */
@Injectable()
export class RuleTestsService {
  constructor(
    private readonly transactions: TargetingTransactions,
    private readonly rules: RulesStore,
    private readonly tests: RuleTestsStore,
    private readonly releases: TestReleases,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Stores the tests and has them run on the rule's current version. What runs already goes on running, whatever comes of it; the same
   * tests again change nothing. Errors: `invalid`; `not_found`.
   */
  put({ id, tests: input, actor }: PutRuleTests): Promise<RuleTestsView> {
    const file = fileIn(input.content);
    return this.transactions.run((tx) =>
      this.putWithin(tx, id, { content: input.content, with: input.with ?? [], file, actor }),
    );
  }

  /** The same inside a transaction that holds the targeting lock. */
  async putWithin(
    tx: EntityManager,
    ruleId: string,
    input: { content: string; with: readonly string[]; file: PromtestFile; actor: Actor },
  ): Promise<RuleTestsView> {
    const rule = await this.known(tx, ruleId);
    const others = [...new Set(input.with)].filter((id) => id !== ruleId);
    for (const [index, id] of others.entries()) await this.knownOther(tx, id, index);
    const before = await this.tests.find(tx, ruleId);
    const now = this.clock.now();
    const isSame = before?.content === input.content && before.with.join() === others.join();
    const tests: StoredRuleTests = isSame
      ? before
      : {
          ruleId,
          content: input.content,
          with: others,
          version: (before?.version ?? 0) + 1,
          testCount: input.file.names.length,
          updatedAt: now,
          updatedBy: input.actor.name,
        };
    if (!isSame) {
      await this.tests.save(tx, tests);
      await this.record(tx, 'rule.tests_stored', { actor: input.actor, before, after: tests });
    }
    return ruleTestsView(tests, await this.tests.ensureRun(tx, tests, { ruleVersion: rule.version, now }));
  }

  /** What they held back is distributed. Errors: `not_found`. */
  async delete({ id, actor }: RuleTestOrder): Promise<void> {
    await this.transactions.run(async (tx, moved) => {
      await this.known(tx, id);
      const before = await this.stored(tx, id);
      await this.tests.delete(tx, id);
      await this.record(tx, 'rule.tests_deleted', { actor, before, after: null });
      moved.push(...(await this.releases.release(tx, id, this.clock.now())));
    });
  }

  /** Has the tests run again on the rule's current version; an override stays. Errors: `not_found`. */
  rerun({ id }: RuleTestOrder): Promise<RuleTestRunView> {
    return this.transactions.run(async (tx) => {
      const rule = await this.known(tx, id);
      const tests = await this.stored(tx, id);
      const run = await this.tests.ensureRun(tx, tests, { ruleVersion: rule.version, now: this.clock.now() });
      if (run.state === 'waiting' || run.state === 'running') return ruleTestRunView(run);
      const again = { state: 'waiting' as const, attempts: 0, reason: null, results: [], endedAt: null };
      await this.tests.change(tx, run, again);
      return ruleTestRunView({ ...run, ...again });
    });
  }

  /** Distributes a version whose tests did not pass. Errors: `not_found`; `conflict` when nothing is held back. */
  override({ id, reason, actor }: OverrideRuleTests): Promise<RuleTestRunView> {
    return this.transactions.run(async (tx, moved) => {
      const rule = await this.known(tx, id);
      const tests = await this.stored(tx, id);
      const now = this.clock.now();
      const run = await this.tests.ensureRun(tx, tests, { ruleVersion: rule.version, now });
      if (isReleased(run)) throw new ServiceError('conflict', 'the tests hold nothing back');
      const overridden = { overrideReason: reason, overriddenBy: actor.name };
      if (!(await this.tests.change(tx, run, overridden)))
        throw new ServiceError('conflict', 'the tests came to another end meanwhile');
      const view = ruleTestRunView({ ...run, ...overridden });
      await this.audit.record(tx, {
        actor,
        action: 'rule.tests_overridden',
        resource_type: 'rule',
        resource_id: id,
        before: ruleTestRunView(run),
        after: view,
      });
      moved.push(...(await this.releases.release(tx, id, now)));
      return view;
    });
  }

  private async known(tx: EntityManager, ruleId: string): Promise<StoredRule> {
    const rule = await this.rules.find(tx, ruleId);
    if (!rule || rule.deletedAt) throw new ServiceError('not_found', 'there is no such rule');
    return rule;
  }

  private async knownOther(tx: EntityManager, ruleId: string, index: number): Promise<void> {
    const rule = await this.rules.find(tx, ruleId);
    if (rule && !rule.deletedAt) return;
    const detail = 'there is no rule of this id';
    const errors = [{ pointer: `/with/${index}`, code: 'not_found', detail }];
    throw new ServiceError('invalid', `/with/${index}: ${detail}`, { errors });
  }

  private async stored(tx: EntityManager, ruleId: string): Promise<StoredRuleTests> {
    const tests = await this.tests.find(tx, ruleId);
    if (!tests) throw new ServiceError('not_found', 'the rule has no tests');
    return tests;
  }

  private record(
    tx: EntityManager,
    action: string,
    { actor, before, after }: { actor: Actor; before: StoredRuleTests | null; after: StoredRuleTests | null },
  ): Promise<unknown> {
    return this.audit.record(tx, {
      actor,
      action,
      resource_type: 'rule',
      resource_id: (after ?? before)!.ruleId,
      before: before && { content: before.content, with: before.with, version: before.version },
      after: after && { content: after.content, with: after.with, version: after.version },
    });
  }
}

/** Errors: `invalid`. */
export function fileIn(content: string): PromtestFile {
  const read = readPromtestFile(content);
  if ('file' in read) return read.file;
  const [first] = read.problems;
  throw new ServiceError('invalid', `${first?.pointer}: ${first?.detail}`.slice(0, 200), { errors: read.problems });
}
