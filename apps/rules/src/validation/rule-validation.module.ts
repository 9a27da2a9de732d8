import { Module } from '@nestjs/common';
import { RuleValidation } from './rule-validation';
import { RuleValidationHandlers } from './rule-validation.handlers';

@Module({ controllers: [RuleValidationHandlers], providers: [RuleValidation] })
export class RuleValidationModule {}
