import {
  getRuleDisagreement,
  listRuleDisagreements,
  type ById,
  type PageQuery,
  type RuleDisagreementPage,
  type RuleDisagreementView,
} from '@alertagent/contracts';
import { OnRequest } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { DisagreementsReader } from './disagreements-reader';

/** Tells what promtool judged differently. */
@Controller()
export class DisagreementsHandlers {
  constructor(private readonly reader: DisagreementsReader) {}

  @OnRequest(listRuleDisagreements)
  list(query: PageQuery): Promise<RuleDisagreementPage> {
    return this.reader.list(query);
  }

  @OnRequest(getRuleDisagreement)
  get(query: ById): Promise<RuleDisagreementView> {
    return this.reader.get(query);
  }
}
