import {
  diffRuleVersions,
  getRuleVersion,
  listRuleVersions,
  PageQuery,
  RestoreRuleVersionInput,
  restoreRuleVersion,
  RuleDiffView,
  RuleVersionPage,
  RuleVersionView,
  RuleView,
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
import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { Operation } from '../openapi/operation.decorator';
import { IfMatch, refusedByIfMatch, VersionTags } from './if-match';
import { RuleDiffQuery } from './rule-diff.dto';
import { versionNumber } from './version-number';

/** What rules were, over REST; the rules service owns them. */
@Controller('api/v1/rules')
@VersionTags()
export class RuleVersionsController {
  constructor(private readonly bus: Bus) {}

  @Get(':id/versions')
  @RequireRole('viewer')
  @Operation({ summary: 'All versions of a rule, newest first', query: PageQuery, response: RuleVersionPage })
  list(@Param('id') id: string, @QueryParams(PageQuery) query: PageQuery): Promise<RuleVersionPage> {
    return this.bus.request(listRuleVersions, { id, ...query });
  }

  @Get(':id/versions/:version')
  @RequireRole('viewer')
  @Operation({ summary: 'Show a version of a rule', response: RuleVersionView })
  get(@Param('id') id: string, @Param('version') version: string): Promise<RuleVersionView> {
    return this.bus.request(getRuleVersion, { id, version: versionNumber(version) });
  }

  @Get(':id/diff')
  @RequireRole('viewer')
  @Operation({
    summary: 'How two versions of a rule differ in what they mean',
    description:
      'Without from and to: the newest version and the one before it. Thresholds, ranges, selectors and functions that changed are named; what only changed in how it is written is called formatting.',
    query: RuleDiffQuery,
    response: RuleDiffView,
  })
  diff(@Param('id') id: string, @QueryParams(RuleDiffQuery) { from, to }: RuleDiffQuery): Promise<RuleDiffView> {
    const versions = { from: from === undefined ? null : Number(from), to: to === undefined ? null : Number(to) };
    return this.bus.request(diffRuleVersions, { id, ...versions });
  }

  @Post(':id/versions/:version/restore')
  @HttpCode(200)
  @RequireRole('operator')
  @Operation({
    summary: 'Make the content of an earlier version the newest one',
    body: RestoreRuleVersionInput,
    response: RuleView,
  })
  restore(
    @Param('id') id: string,
    @Param('version') version: string,
    @JsonBody(RestoreRuleVersionInput) input: RestoreRuleVersionInput,
    @IfMatch() expected: number | null,
    @CurrentPrincipal() principal: Principal,
  ): Promise<RuleView> {
    const query = { ...input, id, version: versionNumber(version), expected_version: expected };
    const change = this.bus.request(restoreRuleVersion, { ...query, actor: actorOf(principal) });
    return refusedByIfMatch(expected, change);
  }
}
