import { listRuleHealth, sweepRules, type Done, type ListRuleHealth, type RuleHealthPage } from '@alertagent/contracts';
import { OnRequest } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { HealthReader } from './health-reader';
import { Sweeper } from './sweeper';

/** Tells what is wrong with rules. */
@Controller()
export class HealthHandlers {
  constructor(
    private readonly reader: HealthReader,
    private readonly sweeper: Sweeper,
  ) {}

  @OnRequest(listRuleHealth)
  list(query: ListRuleHealth): Promise<RuleHealthPage> {
    return this.reader.list(query);
  }

  @OnRequest(sweepRules)
  sweep(): Promise<Done> {
    this.sweeper.begin();
    return Promise.resolve({ done: true });
  }
}
