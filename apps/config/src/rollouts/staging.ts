import { inTransaction, isUniqueViolation } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { PreparedFiles } from '../rendering/prepared-file';
import { RevisionWriter } from '../rendering/revision-writer';
import { HeldConfiguration } from '../revisions/held-configuration';
import { planWaves } from './plan-waves';
import { RolloutChanges, SYSTEM } from './rollout-changes';
import type { Rollout } from './rollout.entity';
import { RolloutsStore, type RolloutClusterRow } from './rollouts.store';

/** Renders and checks what each cluster is to get, and keeps it; then makes the waves. Nothing is served by it. */
@Injectable()
export class Staging {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: RolloutsStore,
    private readonly prepared: PreparedFiles,
    private readonly writer: RevisionWriter,
    private readonly changes: RolloutChanges,
  ) {}

  /** Goes on where it was left. Errors: ServiceError `unavailable` when an owner can't answer now; StaleRollout. */
  async run(rollout: Rollout): Promise<void> {
    let current = rollout;
    for (const cluster of await this.store.clusters(rollout.id)) {
      if (cluster.state !== 'planned') continue;
      const next = await this.stage(current, cluster);
      if (next.state !== 'staging') return;
      current = next;
    }
    await this.plan(current);
  }

  private async stage(rollout: Rollout, { clusterId, clusterName }: RolloutClusterRow): Promise<Rollout> {
    const key = { clusterId, type: rollout.type };
    const history = await this.prepared.history(key);
    const preparation = await this.prepared.prepare(key, history);
    const fromRevision = history.served?.revision ?? null;
    if (preparation.kind === 'refused') {
      const { reason } = preparation.file;
      try {
        await this.writer.refuse(key, history.lastRevision + 1, preparation.file, rollout.id);
      } catch (error) {
        // The evidence is worth keeping, but the rollout stops with or without it.
        if (!isUniqueViolation(error) && !(error instanceof HeldConfiguration)) throw error;
      }
      return inTransaction(this.dataSource, async (tx) => {
        await this.store.move(tx, rollout.id, [clusterId], ['planned'], { state: 'failed', reason, fromRevision });
        const why = `${clusterName}: ${reason}`.slice(0, 2_000);
        return this.changes.end(tx, rollout, { state: 'stopped', reason: why }, SYSTEM);
      });
    }
    return inTransaction(this.dataSource, async (tx) => {
      if (preparation.kind === 'accepted') {
        await this.store.stage(tx, rollout, clusterId, { ...preparation.file, fromRevision });
      } else {
        const reason = history.isRetired ? 'the cluster is retired' : null;
        await this.store.move(tx, rollout.id, [clusterId], ['planned'], { state: 'unchanged', reason, fromRevision });
      }
      return this.store.step(tx, rollout, {});
    });
  }

  private async plan(rollout: Rollout): Promise<void> {
    const staged = (await this.store.clusters(rollout.id)).filter(({ state }) => state === 'staged');
    const waves = planWaves(rollout.plan.waves, staged);
    await inTransaction(this.dataSource, async (tx) => {
      if (staged.length === 0) {
        await this.changes.complete(tx, rollout);
        return;
      }
      for (const wave of new Set(waves.values())) {
        const clusterIds = [...waves].filter(([, one]) => one === wave).map(([clusterId]) => clusterId);
        await this.store.move(tx, rollout.id, clusterIds, ['staged'], { wave });
      }
      await this.changes.advance(tx, rollout, { state: 'running', wave: 1 }, SYSTEM);
    });
  }
}
