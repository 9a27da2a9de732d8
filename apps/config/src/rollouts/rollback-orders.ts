import type { RollBack, RolloutView } from '@alertagent/contracts';
import { Clock, inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { invalid, NamedClusters } from '../holds/named-clusters';
import { RevisionsStore } from '../revisions/revisions.store';
import { newCluster, newRollback } from './new-rollout';
import { RolloutChanges } from './rollout-changes';
import { rolloutView } from './rollout-view';

/** Orders clusters back; the loop does it. */
@Injectable()
export class RollbackOrders {
  constructor(
    private readonly dataSource: DataSource,
    private readonly revisions: RevisionsStore,
    private readonly clusters: NamedClusters,
    private readonly changes: RolloutChanges,
    private readonly clock: Clock,
  ) {}

  /** Takes clusters over from whatever holds them: a way back must not wait. Errors: ServiceError `invalid`, `not_found`. */
  async order({ rollback: input, actor }: RollBack): Promise<RolloutView> {
    const clusters = await this.clusters.find(input.targets);
    const [first] = clusters;
    if (!first) throw invalid('/targets', 'there is no cluster');
    const rollout = newRollback(input, clusters, actor, this.clock.now());
    const revision = input.revision ?? null;
    if (revision !== null) {
      if (clusters.length > 1) throw invalid('/revision', 'a revision belongs to one cluster; name that one only');
      if (!(await this.revisions.published({ clusterId: first.id, type: rollout.type }, revision)))
        throw invalid('/revision', 'this cluster has no published revision of that number');
    }
    const rows = clusters.map((cluster) => ({
      ...newCluster(rollout.id, cluster),
      wave: 1,
      state: 'return_due' as const,
      returnedTo: revision,
    }));
    await inTransaction(this.dataSource, (tx) => this.changes.open(tx, rollout, rows));
    return rolloutView(rollout);
  }
}
