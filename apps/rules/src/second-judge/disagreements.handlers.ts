import {
  dismissRuleDisagreement,
  getRuleDisagreement,
  listRuleDisagreements,
  reopenRuleDisagreement,
  type ById,
  type DismissRuleDisagreement,
  type ListRuleDisagreements,
  type ReopenRuleDisagreement,
  type RuleDisagreementPage,
  type RuleDisagreementView,
} from '@alertagent/contracts';
import { OnRequest } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { DisagreementsReader } from './disagreements-reader';
import { Dismissals } from './dismissals';

/** Tells what promtool judged differently, and takes in what people say about it. */
@Controller()
export class DisagreementsHandlers {
  constructor(
    private readonly reader: DisagreementsReader,
    private readonly dismissals: Dismissals,
  ) {}

  @OnRequest(listRuleDisagreements)
  list(query: ListRuleDisagreements): Promise<RuleDisagreementPage> {
    return this.reader.list(query);
  }

  @OnRequest(getRuleDisagreement)
  get(query: ById): Promise<RuleDisagreementView> {
    return this.reader.get(query);
  }

  @OnRequest(dismissRuleDisagreement)
  dismiss(query: DismissRuleDisagreement): Promise<RuleDisagreementView> {
    return this.dismissals.dismiss(query);
  }

  @OnRequest(reopenRuleDisagreement)
  reopen(query: ReopenRuleDisagreement): Promise<RuleDisagreementView> {
    return this.dismissals.reopen(query);
  }
}
