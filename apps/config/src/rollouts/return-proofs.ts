import { inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ProofsStore } from '../reports/proofs.store';
import { judgeCluster } from './judge-cluster';
import type { SeenCluster } from './rollout-sight';
import type { Rollout } from './rollout.entity';
import { RolloutMetrics } from './rollouts.metrics';
import { RolloutsStore } from './rollouts.store';

/** However many fail: what counts is that the old file is back. */
const NO_GATES = { max_failing_rules: Number.MAX_SAFE_INTEGER };

/** Notes when clusters that were sent their former file run it. */
@Injectable()
export class ReturnProofs {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: RolloutsStore,
    private readonly proofs: ProofsStore,
    private readonly metrics: RolloutMetrics,
  ) {}

  /** Answers the rollout after the note; null while there is nothing to note. Errors: StaleRollout. */
  async follow(rollout: Rollout, seen: SeenCluster): Promise<Rollout | null> {
    const { row, isOurs } = seen;
    if (row.state !== 'returning') return null;
    const liveAt = isOurs ? await this.backSince(rollout, seen) : null;
    if (isOurs && !liveAt) return null;
    const changes = liveAt
      ? { state: 'returned' as const, liveAt }
      : { state: 'left' as const, reason: 'somebody else decides on it now' };
    const after = await inTransaction(this.dataSource, async (tx) => {
      await this.store.move(tx, rollout.id, [row.clusterId], ['returning'], changes);
      return this.store.step(tx, rollout, {});
    });
    if (liveAt) this.metrics.returned((liveAt.getTime() - (rollout.endedAt ?? rollout.createdAt).getTime()) / 1000);
    return after;
  }

  /** A rollback is over when the old content is proven live; after a stop it is enough that the old file is loaded again. */
  private async backSince(rollout: Rollout, { row, heard }: SeenCluster): Promise<Date | null> {
    const key = { clusterId: row.clusterId, type: rollout.type };
    const provenAt = await this.proofs.provenAt(key, row.revision ?? 0);
    if (provenAt || rollout.kind === 'rollback') return provenAt;
    const judgement = judgeCluster(row, heard, NO_GATES);
    return judgement.kind === 'reached' ? judgement.lastSeen : null;
  }
}
