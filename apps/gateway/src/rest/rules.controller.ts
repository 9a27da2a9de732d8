import {
  createRule,
  deleteRule,
  getRule,
  getRuleDistribution,
  getRuleOnCluster,
  listRules,
  ListRules,
  restoreRule,
  RuleDistribution,
  RuleInput,
  RuleOnCluster,
  RulePage,
  RuleView,
  updateRule,
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
import { Controller, Delete, Get, HttpCode, Param, Post, Put, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Operation } from '../openapi/operation.decorator';
import { IfMatch, refusedByIfMatch, VersionTags } from './if-match';
import { RuleChangeQuery } from './rule-change-query.dto';

/** Rules over REST; the rules service owns them. */
@Controller('api/v1/rules')
@VersionTags()
export class RulesController {
  constructor(private readonly bus: Bus) {}

  @Post()
  @RequireRole('operator')
  @Operation({
    summary: 'Create a rule and distribute it to its targets',
    description:
      'Targets are cluster ids, names, or {"labels": {…}} selectors. Follow it to proven live with GET …/distribution.',
    body: RuleInput,
    status: 201,
    response: RuleView,
  })
  create(@JsonBody(RuleInput) rule: RuleInput, @CurrentPrincipal() principal: Principal): Promise<RuleView> {
    return this.bus.request(createRule, { rule, actor: actorOf(principal) });
  }

  @Get()
  @RequireRole('viewer')
  @Operation({
    summary: 'List, search and sort rules; with deleted=true those that can be restored',
    query: ListRules,
    response: RulePage,
  })
  list(@QueryParams(ListRules) query: ListRules): Promise<RulePage> {
    return this.bus.request(listRules, query);
  }

  @Get(':id')
  @RequireRole('viewer')
  @Operation({ summary: 'Show a rule; its ETag is its version', response: RuleView })
  get(@Param('id') id: string): Promise<RuleView> {
    return this.bus.request(getRule, { id });
  }

  @Put(':id')
  @RequireRole('operator')
  @Operation({
    summary: 'Change a rule; with If-Match only if nobody else did meanwhile',
    body: RuleInput,
    response: RuleView,
  })
  update(
    @Param('id') id: string,
    @JsonBody(RuleInput) rule: RuleInput,
    @IfMatch() expected: number | null,
    @CurrentPrincipal() principal: Principal,
  ): Promise<RuleView> {
    return refusedByIfMatch(
      expected,
      this.bus.request(updateRule, { id, rule, expected_version: expected, actor: actorOf(principal) }),
    );
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireRole('operator')
  @Operation({
    summary: 'Delete a rule; …/distribution shows when it is proven gone',
    description: 'Answers 202 when the deletion waits for a second person: see /api/v1/rule-approvals.',
    query: RuleChangeQuery,
    status: 204,
  })
  async delete(
    @Param('id') id: string,
    @QueryParams(RuleChangeQuery) { reason }: RuleChangeQuery,
    @IfMatch() expected: number | null,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const change = { id, reason, expected_version: expected, actor: actorOf(principal) };
    const { done } = await refusedByIfMatch(expected, this.bus.request(deleteRule, change));
    if (!done) void reply.status(202);
  }

  @Post(':id/restore')
  @HttpCode(200)
  @RequireRole('operator')
  @Operation({
    summary: 'Bring a deleted rule back as its next version, and distribute it to its targets',
    query: RuleChangeQuery,
    response: RuleView,
  })
  restore(
    @Param('id') id: string,
    @QueryParams(RuleChangeQuery) { reason }: RuleChangeQuery,
    @CurrentPrincipal() principal: Principal,
  ): Promise<RuleView> {
    return this.bus.request(restoreRule, { id, reason, actor: actorOf(principal) });
  }

  @Get(':id/clusters/:cluster')
  @RequireRole('viewer')
  @Operation({
    summary:
      'The rule as it is on one cluster, with each overridden field and where it comes from; why it does not run there',
    response: RuleOnCluster,
  })
  onCluster(@Param('id') id: string, @Param('cluster') cluster: string): Promise<RuleOnCluster> {
    return this.bus.request(getRuleOnCluster, { id, cluster });
  }

  @Get(':id/distribution')
  @RequireRole('viewer')
  @Operation({
    summary:
      'How far the rule has come on each cluster and replica, and what holds its newest version back; live = read back and evaluated',
    response: RuleDistribution,
  })
  distribution(@Param('id') id: string): Promise<RuleDistribution> {
    return this.bus.request(getRuleDistribution, { id });
  }
}
