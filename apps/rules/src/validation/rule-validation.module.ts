import { Module } from '@nestjs/common';
import { SecondJudgeModule } from '../second-judge/second-judge.module';
import { RuleValidation } from './rule-validation';
import { RuleValidationHandlers } from './rule-validation.handlers';

@Module({ imports: [SecondJudgeModule], controllers: [RuleValidationHandlers], providers: [RuleValidation] })
export class RuleValidationModule {}
