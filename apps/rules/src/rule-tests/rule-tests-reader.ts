import { setTimeout as delay } from 'node:timers/promises';
import {
  ServiceError,
  type ListRuleTestRuns,
  type RuleTestRunPage,
  type RuleTestRunView,
  type RuleTestsView,
} from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { RulesStore } from '../rules/rules.store';
import { ruleTestRunView, ruleTestsView } from './rule-test-view';
import { RuleTestsStore } from './rule-tests.store';

const DEFAULT_LIMIT = 20;
const LOOK_EVERY_MS = 50;
/** Less than whoever asks waits for. */
const PATIENCE_MS = 6_000;

/** Answers questions about the tests of rules. */
@Injectable()
export class RuleTestsReader {
  constructor(
    private readonly dataSource: DataSource,
    private readonly rules: RulesStore,
    private readonly tests: RuleTestsStore,
  ) {}

  /** Errors: `not_found`, also when the rule has no tests. */
  async get(ruleId: string): Promise<RuleTestsView> {
    const { manager } = this.dataSource;
    const rule = await this.rules.find(manager, ruleId);
    if (!rule || rule.deletedAt) throw new ServiceError('not_found', 'there is no such rule');
    const tests = await this.tests.find(manager, ruleId);
    if (!tests) throw new ServiceError('not_found', 'the rule has no tests');
    return ruleTestsView(tests, await this.tests.run(manager, tests, rule.version));
  }

  /** Newest first, of a deleted rule, too. Errors: `not_found`; `invalid` when the cursor is none of ours. */
  async runs({ id, cursor, limit }: ListRuleTestRuns): Promise<RuleTestRunPage> {
    if (cursor && !/^[0-9a-f-]{36}$/.test(cursor)) {
      const errors = [
        { pointer: '/cursor', code: 'bad_cursor', detail: 'expected the next_cursor of an earlier page' },
      ];
      throw new ServiceError('invalid', '/cursor: not a cursor of this list', { errors });
    }
    const { manager } = this.dataSource;
    if (!(await this.rules.find(manager, id))) throw new ServiceError('not_found', 'there is no such rule');
    const size = Math.min(limit ?? DEFAULT_LIMIT, DEFAULT_LIMIT);
    const found = await this.tests.runs(manager, id, { before: cursor ?? null, limit: size + 1 });
    const items = found.slice(0, size);
    return {
      items: items.map(ruleTestRunView),
      next_cursor: found.length > size ? (items.at(-1)?.id ?? null) : null,
    };
  }

  /** The run when it has ended, or as it is after a few seconds. */
  async settled(run: RuleTestRunView): Promise<RuleTestRunView> {
    const end = performance.now() + PATIENCE_MS;
    let seen = run;
    while ((seen.state === 'waiting' || seen.state === 'running') && performance.now() < end) {
      await delay(LOOK_EVERY_MS);
      const now = await this.tests.runById(this.dataSource.manager, run.id);
      if (!now) break;
      seen = ruleTestRunView(now);
    }
    return seen;
  }
}
