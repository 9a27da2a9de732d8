import {
  addRuleImportPart,
  cancelRuleImport,
  getRuleImport,
  listRuleImportResults,
  listRuleImports,
  openRuleImport,
  startRuleImport,
  type ById,
  type CancelRuleImport,
  type Done,
  type ListRuleImportResults,
  type OpenRuleImport,
  type PageQuery,
  type RuleImportPage,
  type RuleImportPart,
  type RuleImportResultPage,
  type RuleImportView,
  type StartRuleImport,
} from '@alertagent/contracts';
import { OnRequest } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { RuleImportOrders } from './rule-import-orders';
import { RuleImportReader } from './rule-import-reader';

/** What others ask about taking rules in. */
@Controller()
export class RuleImportsHandlers {
  constructor(
    private readonly orders: RuleImportOrders,
    private readonly reader: RuleImportReader,
  ) {}

  @OnRequest(openRuleImport)
  open(query: OpenRuleImport): Promise<RuleImportView> {
    return this.orders.open(query);
  }

  @OnRequest(addRuleImportPart)
  async addPart(query: RuleImportPart): Promise<Done> {
    await this.orders.addPart(query);
    return { done: true };
  }

  @OnRequest(startRuleImport)
  start(query: StartRuleImport): Promise<RuleImportView> {
    return this.orders.start(query);
  }

  @OnRequest(cancelRuleImport)
  cancel(query: CancelRuleImport): Promise<RuleImportView> {
    return this.orders.cancel(query);
  }

  @OnRequest(getRuleImport)
  get({ id }: ById): Promise<RuleImportView> {
    return this.reader.get(id);
  }

  @OnRequest(listRuleImports)
  list(query: PageQuery): Promise<RuleImportPage> {
    return this.reader.list(query);
  }

  @OnRequest(listRuleImportResults)
  results(query: ListRuleImportResults): Promise<RuleImportResultPage> {
    return this.reader.results(query);
  }
}
