import { ServiceError } from '@alertagent/contracts';
import { actorOf, CurrentPrincipal, JsonBody, QueryParams, RequireRole, type Principal } from '@alertagent/service-kit';
import { Controller, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { Operation } from '../openapi/operation.decorator';
import { IfMatch, refusedByIfMatch, VersionTags } from '../rest/if-match';
import { DryRun } from './dry-run';
import { DryRunInput, DryRunView } from './dry-run.dto';
import { Policies } from './policies';
import {
  ChangedPolicyView,
  ListPolicyVersions,
  PolicyChangeInput,
  PolicyCheckInput,
  PolicyCheckView,
  PolicyDiffQuery,
  PolicyDiffView,
  PolicyRollbackInput,
  PolicyVersionPage,
  PolicyView,
} from './policies.dto';

/** How alerts become incidents: one versioned document. */
@Controller('api/v1/policies')
@VersionTags()
export class PoliciesController {
  constructor(
    private readonly policies: Policies,
    private readonly dryRun: DryRun,
  ) {}

  @Get()
  @RequireRole('viewer')
  @Operation({ summary: 'Show the policy in force; its ETag is its version', response: PolicyView })
  current(): Promise<PolicyView> {
    return this.policies.current();
  }

  @Put()
  @RequireRole('admin')
  @Operation({
    summary: 'Put a policy in force as a new version; with If-Match only if nobody else did meanwhile',
    description: 'The whole document, as GET shows it under `policy`. The same policy makes no new version.',
    body: PolicyChangeInput,
    response: ChangedPolicyView,
  })
  change(
    @JsonBody(PolicyChangeInput) input: PolicyChangeInput,
    @IfMatch() expected: number | null,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ChangedPolicyView> {
    return refusedByIfMatch(expected, this.policies.change(input, expected, actorOf(principal)));
  }

  @Post('rollback')
  @HttpCode(200)
  @RequireRole('admin')
  @Operation({
    summary: 'Put the policy of an earlier version in force again, as a new version',
    description: 'Suppressions stay as they are.',
    body: PolicyRollbackInput,
    response: ChangedPolicyView,
  })
  rollback(
    @JsonBody(PolicyRollbackInput) input: PolicyRollbackInput,
    @IfMatch() expected: number | null,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ChangedPolicyView> {
    return refusedByIfMatch(expected, this.policies.rollback(input, expected, actorOf(principal)));
  }

  @Post('validate')
  @HttpCode(200)
  @RequireRole('viewer')
  @Operation({
    summary: 'Find everything that is wrong with a policy, without putting it in force',
    body: PolicyCheckInput,
    response: PolicyCheckView,
  })
  validate(@JsonBody(PolicyCheckInput) { policy }: PolicyCheckInput): Promise<PolicyCheckView> {
    return this.policies.check(policy);
  }

  @Post('dry-run')
  @HttpCode(200)
  @RequireRole('viewer')
  @Operation({
    summary:
      'Show what a policy, or the one in force, would make of sample alerts: grouping, priority, routes, and why',
    body: DryRunInput,
    response: DryRunView,
  })
  tryOut(@JsonBody(DryRunInput) input: DryRunInput): Promise<DryRunView> {
    return this.dryRun.run(input);
  }

  @Get('versions')
  @RequireRole('viewer')
  @Operation({ summary: 'List versions, newest first', query: ListPolicyVersions, response: PolicyVersionPage })
  versions(@QueryParams(ListPolicyVersions) query: ListPolicyVersions): Promise<PolicyVersionPage> {
    return this.policies.list(query);
  }

  @Get('versions/:version')
  @RequireRole('viewer')
  @Operation({ summary: 'Show a version', response: PolicyView })
  version(@Param('version') version: string): Promise<PolicyView> {
    return this.policies.get(versionNumber(version));
  }

  @Get('versions/:version/diff')
  @RequireRole('viewer')
  @Operation({
    summary: 'Show how a version differs from another, or from the one before',
    query: PolicyDiffQuery,
    response: PolicyDiffView,
  })
  diff(
    @Param('version') version: string,
    @QueryParams(PolicyDiffQuery) { with: other }: PolicyDiffQuery,
  ): Promise<PolicyDiffView> {
    return this.policies.diff(versionNumber(version), other === undefined ? undefined : Number(other));
  }
}

function versionNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new ServiceError('not_found', 'there is no such policy version; versions are 1, 2, 3 …');
}
