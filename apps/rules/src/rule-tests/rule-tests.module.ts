import { Module } from '@nestjs/common';
import { ApprovalGateModule } from '../approvals/approval-gate.module';
import { KnownClustersModule } from '../clusters/known-clusters.module';
import { DistributionsModule } from '../distributions/distributions.module';
import { PromtoolModule } from '../promtool/promtool.module';
import { RulesStoreModule } from '../rules/rules-store.module';
import { RulesModule } from '../rules/rules.module';
import { PromtoolTests } from './promtool-tests';
import { RuleTestsHandlers } from './rule-tests.handlers';
import { RuleTestsImport } from './rule-tests-import';
import { RuleTestsReader } from './rule-tests-reader';
import { RuleTestsService } from './rule-tests.service';
import { TestGateModule } from './test-gate.module';
import { TestJudge } from './test-judge';
import { TestReleases } from './test-releases';
import { TestRuns } from './test-runs';
import { TestWorker } from './test-worker';
import { TestedRules } from './tested-rules';

/** Unit tests of rules, run by the real promtool, and what they hold back. */
@Module({
  imports: [
    ApprovalGateModule,
    DistributionsModule,
    KnownClustersModule,
    PromtoolModule,
    RulesModule,
    RulesStoreModule,
    TestGateModule,
  ],
  controllers: [RuleTestsHandlers],
  providers: [
    PromtoolTests,
    RuleTestsImport,
    RuleTestsReader,
    RuleTestsService,
    TestJudge,
    TestReleases,
    TestRuns,
    TestWorker,
    TestedRules,
  ],
})
export class RuleTestsModule {}
