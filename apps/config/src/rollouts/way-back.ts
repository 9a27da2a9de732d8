import { inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ReturnProofs } from './return-proofs';
import { Returns } from './returns';
import { RolloutChanges, SYSTEM } from './rollout-changes';
import { RolloutSight } from './rollout-sight';
import type { Rollout } from './rollout.entity';
import { RolloutsStore, StaleRollout } from './rollouts.store';

/** Takes the steps of a rollout that has ended and of a rollback, until every cluster that can be reached is back. */
@Injectable()
export class WayBack {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: RolloutsStore,
    private readonly returns: Returns,
    private readonly proofs: ReturnProofs,
    private readonly sight: RolloutSight,
    private readonly changes: RolloutChanges,
  ) {}

  /** Looks once. A cluster that fails does not keep the others; its error is thrown at the end. Errors: StaleRollout. */
  async run(rollout: Rollout, now: Date): Promise<void> {
    const failures: unknown[] = [];
    let current = rollout;
    for (const row of await this.store.clusters(rollout.id)) {
      if (row.state !== 'return_due') continue;
      try {
        current = (await this.returns.take(current, row)) ?? current;
      } catch (error) {
        if (error instanceof StaleRollout) throw error;
        failures.push(error);
      }
    }
    const sent = (await this.store.clusters(rollout.id)).filter(({ state }) => state === 'returning');
    for (const seen of await this.sight.look(current, sent))
      current = (await this.proofs.follow(current, seen)) ?? current;
    await this.settle(current, now);
    if (failures.length > 0) throw failures[0];
  }

  private async settle(rollout: Rollout, now: Date): Promise<void> {
    const rows = await this.store.clusters(rollout.id);
    if (rows.some(({ state }) => state === 'return_due' || state === 'returning')) return;
    await inTransaction(this.dataSource, async (tx) => {
      if (rollout.endedAt === null) {
        const over = { state: 'completed' as const, endedAt: now, settledAt: now };
        await this.changes.advance(tx, rollout, over, SYSTEM);
      } else {
        await this.store.step(tx, rollout, { settledAt: now });
      }
    });
  }
}
