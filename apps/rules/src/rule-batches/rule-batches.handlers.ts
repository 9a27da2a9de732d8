import {
  createRuleBatch,
  getRuleBatch,
  listRuleBatches,
  type ById,
  type CreateRuleBatch,
  type ListRuleBatches,
  type RuleBatchDetail,
  type RuleBatchPage,
} from '@alertagent/contracts';
import { OnRequest } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { RuleBatchesService } from './rule-batches.service';

/** What others ask of batches. */
@Controller()
export class RuleBatchesHandlers {
  constructor(private readonly batches: RuleBatchesService) {}

  @OnRequest(createRuleBatch)
  create(query: CreateRuleBatch): Promise<RuleBatchDetail> {
    return this.batches.create(query);
  }

  @OnRequest(getRuleBatch)
  get({ id }: ById): Promise<RuleBatchDetail> {
    return this.batches.get(id);
  }

  @OnRequest(listRuleBatches)
  list(query: ListRuleBatches): Promise<RuleBatchPage> {
    return this.batches.list(query);
  }
}
