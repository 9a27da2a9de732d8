import { getRuleFacts, type GetRuleFacts, type RuleFactsPage } from '@alertagent/contracts';
import { OnRequest } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { RuleFacts } from './rule-facts';

/** What the rules service asks about its rules. */
@Controller()
export class RuleFactsHandlers {
  constructor(private readonly facts: RuleFacts) {}

  @OnRequest(getRuleFacts)
  of(query: GetRuleFacts): Promise<RuleFactsPage> {
    return this.facts.of(query);
  }
}
