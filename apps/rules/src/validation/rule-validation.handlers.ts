import { validateRules, type RuleValidationInput, type RuleValidationVerdict } from '@alertagent/contracts';
import { OnRequest } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { RuleValidation } from './rule-validation';

/** What others ask about rules that nobody has saved. */
@Controller()
export class RuleValidationHandlers {
  constructor(private readonly validation: RuleValidation) {}

  @OnRequest(validateRules)
  validate(input: RuleValidationInput): Promise<RuleValidationVerdict> {
    return this.validation.validate(input);
  }
}
