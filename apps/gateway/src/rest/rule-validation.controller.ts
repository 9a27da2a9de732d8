import { RuleValidationInput, RuleValidationVerdict, validateRules } from '@alertagent/contracts';
import { Bus, JsonBody, RequireRole } from '@alertagent/service-kit';
import { Controller, HttpCode, Post } from '@nestjs/common';
import { Operation } from '../openapi/operation.decorator';

/** Judging rules before they are saved; the rules service does it. */
@Controller('api/v1/rules')
export class RuleValidationController {
  constructor(private readonly bus: Bus) {}

  @Post('validate')
  @HttpCode(200)
  @RequireRole('viewer')
  @Operation({
    summary: 'Find everything that is wrong with an expression, a rule or a rule file, by one version of Prometheus',
    description:
      'Takes exactly one of expression, rule and yaml. valid is false exactly when Prometheus of that version refuses to load it; habits that people regret are told as warnings. Nothing is kept.',
    body: RuleValidationInput,
    response: RuleValidationVerdict,
  })
  validate(@JsonBody(RuleValidationInput) input: RuleValidationInput): Promise<RuleValidationVerdict> {
    return this.bus.request(validateRules, input);
  }
}
