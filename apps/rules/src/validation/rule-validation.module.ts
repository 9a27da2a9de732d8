import { Module } from '@nestjs/common';
import { SecondJudgeModule } from '../second-judge/second-judge.module';
import { SourcesModule } from '../sources/sources.module';
import { LiveChecks } from './live-checks';
import { LookedAtClusters } from './looked-at-clusters';
import { RuleValidation } from './rule-validation';
import { RuleValidationHandlers } from './rule-validation.handlers';

@Module({
  imports: [SecondJudgeModule, SourcesModule],
  controllers: [RuleValidationHandlers],
  providers: [LiveChecks, LookedAtClusters, RuleValidation],
})
export class RuleValidationModule {}
