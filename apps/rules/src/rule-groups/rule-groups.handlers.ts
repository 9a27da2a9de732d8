import {
  deleteRuleGroup,
  getRuleGroup,
  listRuleGroups,
  saveRuleGroup,
  type ById,
  type DeleteRuleGroup,
  type Done,
  type ListRuleGroups,
  type RuleGroupPage,
  type RuleGroupView,
  type SaveRuleGroup,
} from '@alertagent/contracts';
import { OnRequest } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { RuleGroupsService } from './rule-groups.service';

/** What others ask of rule groups. */
@Controller()
export class RuleGroupsHandlers {
  constructor(private readonly groups: RuleGroupsService) {}

  @OnRequest(listRuleGroups)
  list(query: ListRuleGroups): Promise<RuleGroupPage> {
    return this.groups.list(query);
  }

  @OnRequest(getRuleGroup)
  get({ id }: ById): Promise<RuleGroupView> {
    return this.groups.get(id);
  }

  @OnRequest(saveRuleGroup)
  save(query: SaveRuleGroup): Promise<RuleGroupView> {
    return this.groups.save(query);
  }

  @OnRequest(deleteRuleGroup)
  async delete(query: DeleteRuleGroup): Promise<Done> {
    await this.groups.delete(query);
    return { done: true };
  }
}
