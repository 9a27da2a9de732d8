import {
  deleteRuleGroup,
  getRuleGroup,
  listRuleGroups,
  ListRuleGroups,
  RuleGroupInput,
  RuleGroupPage,
  RuleGroupView,
  saveRuleGroup,
} from '@alertagent/contracts';
import {
  actorOf,
  Bus,
  CurrentPrincipal,
  JsonBody,
  QueryParams,
  RequireRole,
  type Principal,
} from '@alertagent/service-kit';
import { Controller, Delete, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { Operation } from '../openapi/operation.decorator';
import { IfMatch, refusedByIfMatch, VersionTags } from './if-match';

/** Rule groups and their settings over REST; the rules service owns them. */
@Controller('api/v1/rule-groups')
@VersionTags()
export class RuleGroupsController {
  constructor(private readonly bus: Bus) {}

  @Post()
  @RequireRole('operator')
  @Operation({
    summary: 'Make a rule group before its first rule',
    description: 'A group is also made by the first rule that names it, with the defaults of Prometheus.',
    body: RuleGroupInput,
    status: 201,
    response: RuleGroupView,
  })
  create(
    @JsonBody(RuleGroupInput) group: RuleGroupInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<RuleGroupView> {
    return this.bus.request(saveRuleGroup, { group, save: 'create', actor: actorOf(principal) });
  }

  @Get()
  @RequireRole('viewer')
  @Operation({ summary: 'List rule groups by namespace and name', query: ListRuleGroups, response: RuleGroupPage })
  list(@QueryParams(ListRuleGroups) query: ListRuleGroups): Promise<RuleGroupPage> {
    return this.bus.request(listRuleGroups, query);
  }

  @Get(':id')
  @RequireRole('viewer')
  @Operation({ summary: 'Show a rule group; its ETag is its version', response: RuleGroupView })
  get(@Param('id') id: string): Promise<RuleGroupView> {
    return this.bus.request(getRuleGroup, { id });
  }

  @Put(':id')
  @RequireRole('operator')
  @Operation({
    summary: 'Change the settings of a rule group on every cluster that has rules of it; its names stay',
    body: RuleGroupInput,
    response: RuleGroupView,
  })
  replace(
    @Param('id') id: string,
    @JsonBody(RuleGroupInput) group: RuleGroupInput,
    @IfMatch() expected: number | null,
    @CurrentPrincipal() principal: Principal,
  ): Promise<RuleGroupView> {
    const asked = { id, group, save: 'replace' as const, expected_version: expected, actor: actorOf(principal) };
    return refusedByIfMatch(expected, this.bus.request(saveRuleGroup, asked));
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireRole('operator')
  @Operation({ summary: 'Delete a rule group without rules', status: 204 })
  async delete(
    @Param('id') id: string,
    @IfMatch() expected: number | null,
    @CurrentPrincipal() principal: Principal,
  ): Promise<void> {
    await refusedByIfMatch(
      expected,
      this.bus.request(deleteRuleGroup, { id, expected_version: expected, actor: actorOf(principal) }),
    );
  }
}
