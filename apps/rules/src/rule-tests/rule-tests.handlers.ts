import {
  deleteRuleTests,
  getRuleTests,
  importRuleTests,
  listRuleTestRuns,
  overrideRuleTests,
  putRuleTests,
  runRuleTests,
  type ById,
  type Done,
  type ImportedRuleTests,
  type ImportRuleTests,
  type ListRuleTestRuns,
  type OverrideRuleTests,
  type PutRuleTests,
  type RuleTestOrder,
  type RuleTestRunPage,
  type RuleTestRunView,
  type RuleTestsView,
} from '@alertagent/contracts';
import { OnRequest } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { RuleTestsImport } from './rule-tests-import';
import { RuleTestsReader } from './rule-tests-reader';
import { RuleTestsService } from './rule-tests.service';

/** Answers everything about the tests of rules. */
@Controller()
export class RuleTestsHandlers {
  constructor(
    private readonly tests: RuleTestsService,
    private readonly importing: RuleTestsImport,
    private readonly reader: RuleTestsReader,
  ) {}

  @OnRequest(putRuleTests)
  put(query: PutRuleTests): Promise<RuleTestsView> {
    return this.tests.put(query);
  }

  @OnRequest(getRuleTests)
  get({ id }: ById): Promise<RuleTestsView> {
    return this.reader.get(id);
  }

  @OnRequest(deleteRuleTests)
  async delete(query: RuleTestOrder): Promise<Done> {
    await this.tests.delete(query);
    return { done: true };
  }

  @OnRequest(runRuleTests)
  async run(query: RuleTestOrder): Promise<RuleTestRunView> {
    return this.reader.settled(await this.tests.rerun(query));
  }

  @OnRequest(listRuleTestRuns)
  runs(query: ListRuleTestRuns): Promise<RuleTestRunPage> {
    return this.reader.runs(query);
  }

  @OnRequest(overrideRuleTests)
  override(query: OverrideRuleTests): Promise<RuleTestRunView> {
    return this.tests.override(query);
  }

  @OnRequest(importRuleTests)
  import(query: ImportRuleTests): Promise<ImportedRuleTests> {
    return this.importing.run(query);
  }
}
