import {
  deleteRuleTests,
  getRuleTests,
  ImportedRuleTests,
  importRuleTests,
  listRuleTestRuns,
  overrideRuleTests,
  PageQuery,
  putRuleTests,
  runRuleTests,
  RuleTestImport,
  RuleTestOverride,
  RuleTestRunPage,
  RuleTestRunView,
  RuleTestsInput,
  RuleTestsView,
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

/** Unit tests of rules over REST; the rules service owns them. */
@Controller('api/v1/rules')
export class RuleTestsController {
  constructor(private readonly bus: Bus) {}

  @Post('tests/import')
  @HttpCode(200)
  @RequireRole('operator')
  @Operation({
    summary: 'Store an existing promtool test file with the rules that it tests',
    description: 'Rules are found by the alertname of the tests; each is tested together with the rules of its group.',
    body: RuleTestImport,
    response: ImportedRuleTests,
  })
  import(
    @JsonBody(RuleTestImport) file: RuleTestImport,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ImportedRuleTests> {
    return this.bus.request(importRuleTests, { file, actor: actorOf(principal) });
  }

  @Get(':id/tests')
  @RequireRole('viewer')
  @Operation({
    summary: 'Show the tests of a rule, and what came of them on its current version',
    response: RuleTestsView,
  })
  get(@Param('id') id: string): Promise<RuleTestsView> {
    return this.bus.request(getRuleTests, { id });
  }

  @Put(':id/tests')
  @RequireRole('operator')
  @Operation({
    summary: 'Store unit tests in the format of promtool with a rule',
    description:
      'Versions of the rule that do not pass them are not distributed: what was placed before stays. What runs already goes on running.',
    body: RuleTestsInput,
    response: RuleTestsView,
  })
  put(
    @Param('id') id: string,
    @JsonBody(RuleTestsInput) tests: RuleTestsInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<RuleTestsView> {
    return this.bus.request(putRuleTests, { id, tests, actor: actorOf(principal) });
  }

  @Delete(':id/tests')
  @HttpCode(204)
  @RequireRole('operator')
  @Operation({ summary: 'Forget the tests of a rule; a version that they held back is distributed', status: 204 })
  async delete(@Param('id') id: string, @CurrentPrincipal() principal: Principal): Promise<void> {
    await this.bus.request(deleteRuleTests, { id, actor: actorOf(principal) });
  }

  @Post(':id/tests/run')
  @HttpCode(200)
  @RequireRole('operator')
  @Operation({
    summary: "Run the tests on the rule's current version; waiting or running: the verdict comes later",
    response: RuleTestRunView,
  })
  run(@Param('id') id: string, @CurrentPrincipal() principal: Principal): Promise<RuleTestRunView> {
    return this.bus.request(runRuleTests, { id, actor: actorOf(principal) });
  }

  @Get(':id/tests/runs')
  @RequireRole('viewer')
  @Operation({ summary: 'List the runs of the tests, newest first', query: PageQuery, response: RuleTestRunPage })
  runs(@Param('id') id: string, @QueryParams(PageQuery) query: PageQuery): Promise<RuleTestRunPage> {
    return this.bus.request(listRuleTestRuns, { id, ...query });
  }

  @Post(':id/tests/override')
  @HttpCode(200)
  @RequireRole('operator')
  @Operation({
    summary: 'Distribute the current version although its tests did not pass, for a reason that is kept',
    body: RuleTestOverride,
    response: RuleTestRunView,
  })
  override(
    @Param('id') id: string,
    @JsonBody(RuleTestOverride) { reason }: RuleTestOverride,
    @CurrentPrincipal() principal: Principal,
  ): Promise<RuleTestRunView> {
    return this.bus.request(overrideRuleTests, { id, reason, actor: actorOf(principal) });
  }
}
