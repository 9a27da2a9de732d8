import { RuleValidationInput, RuleValidationVerdict, ServiceError, validateRules } from '@alertagent/contracts';
import { Bus, CurrentPrincipal, JsonBody, RequireRole, type Principal } from '@alertagent/service-kit';
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
      'Takes exactly one of expression, rule and yaml. valid is false exactly when Prometheus of that version refuses to load it; habits that people regret are told as warnings. With cluster_id, or live and the targets of rule, the Prometheus or VictoriaMetrics of these clusters is asked as well (operators only). Nothing is kept.',
    body: RuleValidationInput,
    response: RuleValidationVerdict,
  })
  async validate(
    @JsonBody(RuleValidationInput) input: RuleValidationInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<RuleValidationVerdict> {
    // What a cluster is asked costs it something, as with backtests.
    const mayAsk = principal.kind === 'user' && principal.role !== 'viewer';
    if ((input.cluster_id || input.live) && !mayAsk)
      throw new ServiceError('forbidden', 'only operators may have clusters asked');
    return this.bus.request(validateRules, input);
  }
}
