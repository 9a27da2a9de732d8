import {
  confirmRemoval,
  holdCluster,
  listHolds,
  releaseCluster,
  type ConfirmRemoval,
  type Done,
  type HoldCluster,
  type HoldPage,
  type HoldView,
  type PageQuery,
  type ReleaseCluster,
} from '@alertagent/contracts';
import { OnRequest } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { HoldsService } from './holds.service';

/** Answers what is held, and takes what people decide about it. */
@Controller()
export class HoldsHandlers {
  constructor(private readonly holds: HoldsService) {}

  @OnRequest(holdCluster)
  hold(query: HoldCluster): Promise<HoldView> {
    return this.holds.hold(query);
  }

  @OnRequest(releaseCluster)
  async release(query: ReleaseCluster): Promise<Done> {
    await this.holds.release(query);
    return { done: true };
  }

  @OnRequest(listHolds)
  list(query: PageQuery): Promise<HoldPage> {
    return this.holds.list(query);
  }

  @OnRequest(confirmRemoval)
  async confirmRemoval(query: ConfirmRemoval): Promise<Done> {
    await this.holds.confirmRemoval(query);
    return { done: true };
  }
}
