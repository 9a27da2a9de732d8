import { readPromtestFile } from '@alertagent/alerting';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { PromtoolTests, type TestVerdict } from './promtool-tests';
import type { StoredRuleTestRun } from './rule-test-run.entity';
import { RuleTestsStore } from './rule-tests.store';
import { TestedRules } from './tested-rules';

/** Puts what is to be tested before promtool. */
@Injectable()
export class TestJudge {
  constructor(
    private readonly dataSource: DataSource,
    private readonly tests: RuleTestsStore,
    private readonly rules: TestedRules,
    private readonly promtool: PromtoolTests,
  ) {}

  async judge(run: StoredRuleTestRun): Promise<TestVerdict> {
    const { manager } = this.dataSource;
    const tests = await this.tests.find(manager, run.ruleId);
    if (tests?.version !== run.testsVersion) return overtaken;
    const rules = await this.rules.fileFor(manager, tests, run.ruleVersion);
    const read = readPromtestFile(tests.content);
    if (rules === null || 'problems' in read) return overtaken;
    return this.promtool.test(read.file, [rules]);
  }
}

/** Of a version that nobody asks for any more. */
const overtaken: TestVerdict = {
  state: 'error',
  reason: 'the tests were changed before they were run',
  promtool: null,
  results: [],
};
