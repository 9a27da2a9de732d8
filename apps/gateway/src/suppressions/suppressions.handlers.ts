import {
  endSuppression,
  getCluster,
  ServiceError,
  suppressAlerts,
  type Done,
  type EndSuppression,
  type SuppressAlerts,
  type SuppressionMade,
} from '@alertagent/contracts';
import { Bus, OnRequest } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { Suppressions } from './suppressions';

/** What other services have hidden: approved actions of the ai service. */
@Controller()
export class SuppressionsHandlers {
  constructor(
    private readonly suppressions: Suppressions,
    private readonly bus: Bus,
  ) {}

  /** Hides alerts of one cluster and no other. Errors: `not_found` for the cluster; `invalid`. */
  @OnRequest(suppressAlerts)
  async suppress({ name, reason, cluster, match, ends_at, actor }: SuppressAlerts): Promise<SuppressionMade> {
    const { id: clusterId } = await this.bus.request(getCluster, { id: cluster });
    const condition = `cluster == ${JSON.stringify(clusterId)}`;
    const input = { name, kind: 'maintenance' as const, owner: actor.name, reason, match, condition, ends_at };
    const { id } = await this.suppressions.create(input, actor);
    return { id };
  }

  @OnRequest(endSuppression)
  async end({ id, actor }: EndSuppression): Promise<Done> {
    await this.suppressions.end(id, null, actor).catch((error: unknown) => {
      if (!(error instanceof ServiceError) || error.code !== 'conflict') throw error;
    });
    return { done: true };
  }
}
