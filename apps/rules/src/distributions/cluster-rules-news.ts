import { clusterRulesChanged } from '@alertagent/contracts';
import { Outbox } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** Tells that clusters should run something else although no rule has a new version. */
@Injectable()
export class ClusterRulesNews {
  constructor(private readonly outbox: Outbox) {}

  async tell(tx: EntityManager, clusterIds: Iterable<string>, now: Date): Promise<void> {
    for (const cluster_id of clusterIds)
      await this.outbox.add(tx, clusterRulesChanged, { cluster_id, changed_at: now.toISOString() });
  }
}
