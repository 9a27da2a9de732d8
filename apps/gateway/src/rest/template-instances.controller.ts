import {
  DeleteInstanceQuery,
  deleteTemplateInstance,
  getTemplateInstance,
  TemplateInstanceInput,
  TemplateInstanceView,
  updateTemplateInstance,
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

/** Uses of templates over REST; the rules service owns them. */
@Controller('api/v1/template-instances')
@VersionTags()
export class TemplateInstancesController {
  constructor(private readonly bus: Bus) {}

  @Get(':id')
  @RequireRole('viewer')
  @Operation({
    summary: 'Show an instance of a template and its rules; its ETag is its version',
    response: TemplateInstanceView,
  })
  get(@Param('id') id: string): Promise<TemplateInstanceView> {
    return this.bus.request(getTemplateInstance, { id });
  }

  @Put(':id')
  @RequireRole('operator')
  @Operation({
    summary: 'Change values, targets, overrides or the version of an instance; its rules follow',
    body: TemplateInstanceInput,
    response: TemplateInstanceView,
  })
  update(
    @Param('id') id: string,
    @JsonBody(TemplateInstanceInput) instance: TemplateInstanceInput,
    @IfMatch() expected: number | null,
    @CurrentPrincipal() principal: Principal,
  ): Promise<TemplateInstanceView> {
    const change = { id, instance, expected_version: expected, actor: actorOf(principal) };
    return refusedByIfMatch(expected, this.bus.request(updateTemplateInstance, change));
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireRole('operator')
  @Operation({
    summary: 'Delete an instance, with rules=delete and its rules or with rules=unlink without them',
    query: DeleteInstanceQuery,
    status: 204,
  })
  async delete(
    @Param('id') id: string,
    @QueryParams(DeleteInstanceQuery) { rules }: DeleteInstanceQuery,
    @IfMatch() expected: number | null,
    @CurrentPrincipal() principal: Principal,
  ): Promise<void> {
    const change = { id, rules, expected_version: expected, actor: actorOf(principal) };
    await refusedByIfMatch(expected, this.bus.request(deleteTemplateInstance, change));
  }

  @Post(':id/unlink')
  @HttpCode(204)
  @RequireRole('operator')
  @Operation({
    summary: 'Keep the rules of an instance as rules of their own and forget where they came from',
    status: 204,
  })
  async unlink(
    @Param('id') id: string,
    @IfMatch() expected: number | null,
    @CurrentPrincipal() principal: Principal,
  ): Promise<void> {
    const change = { id, rules: 'unlink' as const, expected_version: expected, actor: actorOf(principal) };
    await refusedByIfMatch(expected, this.bus.request(deleteTemplateInstance, change));
  }
}
