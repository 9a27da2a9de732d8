import {
  ServiceError,
  type ClusterRef,
  type CreateRollout,
  type RolloutView,
  type RolloutWave,
} from '@alertagent/contracts';
import { Clock, inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, In, type EntityManager } from 'typeorm';
import { invalid, NamedClusters } from '../holds/named-clusters';
import { HoldsStore } from '../revisions/holds.store';
import { newCluster, newRollout } from './new-rollout';
import { assertWaves } from './plan-waves';
import { RolloutChanges } from './rollout-changes';
import { RolloutCluster } from './rollout-cluster.entity';
import { rolloutView } from './rollout-view';
import { Rollout } from './rollout.entity';

/** Opens rollouts: from then on they hold their clusters. */
@Injectable()
export class RolloutOpening {
  constructor(
    private readonly dataSource: DataSource,
    private readonly holds: HoldsStore,
    private readonly clusters: NamedClusters,
    private readonly changes: RolloutChanges,
    private readonly clock: Clock,
  ) {}

  /** Errors: ServiceError `invalid` for targets or waves that mean nothing; `conflict` while somebody else holds one of the clusters. */
  async open({ rollout: input, actor }: CreateRollout): Promise<RolloutView> {
    assertWaves(input.waves);
    const clusters = await this.clusters.find(input.targets);
    if (clusters.length === 0) throw invalid('/targets', 'there is no cluster');
    const selected = await this.selectedWaves(input.waves);
    const rollout = newRollout(input, actor, this.clock.now());
    const rows = clusters.map((cluster) => ({
      ...newCluster(rollout.id, cluster),
      selectedWave: selected.get(cluster.id) ?? null,
    }));
    await inTransaction(this.dataSource, async (tx) => {
      await this.assertFree(tx, rollout, clusters);
      await this.changes.open(tx, rollout, rows);
    });
    return rolloutView(rollout);
  }

  /** What a person, or a rollout that is not over, holds is not taken away from them. */
  private async assertFree(tx: EntityManager, { type }: Rollout, clusters: readonly ClusterRef[]): Promise<void> {
    const names = new Map(clusters.map(({ id, name }) => [id, name]));
    const held = await this.holds.ofClusters(tx, type, [...names.keys()]);
    const holders = [...new Set(held.flatMap(({ rolloutId }) => (rolloutId ? [rolloutId] : [])))];
    const over = new Set<string>();
    for (const { id, endedAt, kind } of await tx.findBy(Rollout, { id: In(holders) }))
      if ((endedAt !== null || kind === 'rollback') && !(await this.isGoingBack(tx, id))) over.add(id);
    const kept = held.find(({ rolloutId }) => rolloutId === null || !over.has(rolloutId));
    if (kept) {
      const who = kept.rolloutId === null ? kept.heldBy : `the rollout ${kept.holdReason}`;
      throw new ServiceError(
        'conflict',
        `${names.get(kept.clusterId) ?? kept.clusterId} is held by ${who}`.slice(0, 200),
      );
    }
  }

  private isGoingBack(tx: EntityManager, rolloutId: string): Promise<boolean> {
    return tx.existsBy(RolloutCluster, { rolloutId, state: 'return_due' });
  }

  private async selectedWaves(waves: readonly RolloutWave[]): Promise<Map<string, number>> {
    const selected = new Map<string, number>();
    for (const [index, { labels }] of waves.entries()) {
      if (!labels) continue;
      for (const { id } of await this.clusters.carrying(labels)) if (!selected.has(id)) selected.set(id, index + 1);
    }
    return selected;
  }
}
