import {
  createRuleBatch,
  getRuleBatch,
  listRuleBatches,
  ListRuleBatches,
  RuleBatchDetail,
  RuleBatchInput,
  RuleBatchPage,
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

/** One operation on many rules, over REST; the rules service owns the batches. */
@Controller('api/v1')
export class RuleBatchesController {
  constructor(private readonly bus: Bus) {}

  @Post('rules/batch')
  @HttpCode(200)
  @RequireRole('operator')
  @Operation({
    summary: 'Distribute, retarget, enable, disable, relabel or delete up to 1000 rules',
    description:
      'Each rule is changed on its own and has a result of its own. The batch is stored first and finished whatever happens. The answer comes when it is finished, or after 8 seconds with state running: follow it under /rule-batches then.',
    body: RuleBatchInput,
    response: RuleBatchDetail,
  })
  create(
    @JsonBody(RuleBatchInput) batch: RuleBatchInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<RuleBatchDetail> {
    return this.bus.request(createRuleBatch, { batch, actor: actorOf(principal) });
  }

  @Get('rule-batches')
  @RequireRole('viewer')
  @Operation({ summary: 'List batches, newest first', query: ListRuleBatches, response: RuleBatchPage })
  list(@QueryParams(ListRuleBatches) query: ListRuleBatches): Promise<RuleBatchPage> {
    return this.bus.request(listRuleBatches, query);
  }

  @Get('rule-batches/:id')
  @RequireRole('viewer')
  @Operation({ summary: 'How far a batch is, with the result of each rule', response: RuleBatchDetail })
  get(@Param('id') id: string): Promise<RuleBatchDetail> {
    return this.bus.request(getRuleBatch, { id });
  }
}
