import {
  changeRollout,
  createRollout,
  deleteRollout,
  getRollout,
  listRolloutClusters,
  listRollouts,
  orderRollout,
  rollBack,
  type ById,
  type ChangeRollout,
  type CreateRollout,
  type DeleteRollout,
  type Done,
  type ListRolloutClusters,
  type ListRollouts,
  type OrderRollout,
  type RollBack,
  type RolloutClusterPage,
  type RolloutDetail,
  type RolloutPage,
  type RolloutView,
} from '@alertagent/contracts';
import { OnRequest } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { RollbackOrders } from './rollback-orders';
import { RolloutOpening } from './rollout-opening';
import { RolloutsService } from './rollouts.service';

/** Answers everything about rollouts and rollbacks. */
@Controller()
export class RolloutsHandlers {
  constructor(
    private readonly opening: RolloutOpening,
    private readonly rollbacks: RollbackOrders,
    private readonly rollouts: RolloutsService,
  ) {}

  @OnRequest(createRollout)
  create(query: CreateRollout): Promise<RolloutView> {
    return this.opening.open(query);
  }

  @OnRequest(rollBack)
  rollBack(query: RollBack): Promise<RolloutView> {
    return this.rollbacks.order(query);
  }

  @OnRequest(changeRollout)
  change(query: ChangeRollout): Promise<RolloutView> {
    return this.rollouts.change(query);
  }

  @OnRequest(orderRollout)
  order(query: OrderRollout): Promise<RolloutView> {
    return this.rollouts.order(query);
  }

  @OnRequest(deleteRollout)
  async delete(query: DeleteRollout): Promise<Done> {
    await this.rollouts.delete(query);
    return { done: true };
  }

  @OnRequest(getRollout)
  get({ id }: ById): Promise<RolloutDetail> {
    return this.rollouts.get(id);
  }

  @OnRequest(listRollouts)
  list(query: ListRollouts): Promise<RolloutPage> {
    return this.rollouts.list(query);
  }

  @OnRequest(listRolloutClusters)
  clusters(query: ListRolloutClusters): Promise<RolloutClusterPage> {
    return this.rollouts.clusters(query);
  }
}
