import { inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { largerFiles } from '../rendering/confirmed-removal';
import { ProofsStore } from '../reports/proofs.store';
import type { Head } from '../revisions/head';
import type { Revision } from '../revisions/revision';
import { RevisionsStore } from '../revisions/revisions.store';
import { ClusterPublisher } from './cluster-publisher';
import type { Rollout } from './rollout.entity';
import { RolloutsStore, type RolloutClusterRow } from './rollouts.store';

/** Takes clusters back to what was proven live before: a new revision with the content of an earlier one. */
@Injectable()
export class Returns {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: RolloutsStore,
    private readonly revisions: RevisionsStore,
    private readonly proofs: ProofsStore,
    private readonly publisher: ClusterPublisher,
  ) {}

  /** Answers the rollout after the step; null when nothing could be done now. Errors: StaleRollout. */
  async take(rollout: Rollout, row: RolloutClusterRow): Promise<Rollout | null> {
    const key = { clusterId: row.clusterId, type: rollout.type };
    const head = await this.revisions.head(key);
    if (!head || head.retiredAt !== null || head.rolloutId !== rollout.id)
      return this.leave(rollout, row, 'somebody else decides on it now');
    const served = await this.revisions.published(key, head.revision);
    const target = await this.target(rollout, row, head, served);
    if (!served || !target) return this.leave(rollout, row, 'nothing else was proven live on it before');
    if (target.hash === served.hash) return this.leave(rollout, row, 'it is served that content already');
    const { content, hash, manifest, emptyConfirmed } = target;
    // Somebody ordered the way back, or started the rollout that takes it: what came since may go.
    const confirmedFrom = largerFiles(await this.revisions.former(key), manifest);
    return this.publisher.publish(rollout, {
      clusterId: row.clusterId,
      file: { content, hash, manifest, emptyConfirmed, confirmedFrom, restores: target.revision },
      from: 'return_due',
      changes: { state: 'returning', returnedTo: target.revision, fromRevision: row.fromRevision ?? head.revision },
    });
  }

  /** What was ordered; else what was proven live; else, for a change that went wrong, what was there before it. */
  private async target(
    rollout: Rollout,
    row: RolloutClusterRow,
    head: Head,
    served: Revision | null,
  ): Promise<Revision | null> {
    const key = { clusterId: row.clusterId, type: rollout.type };
    if (row.returnedTo !== null) return this.revisions.published(key, row.returnedTo);
    if (!served) return null;
    // Who goes back twice wants what was before, not what was left the first time.
    const proven = await this.proofs.provenBefore(key, served.restores ?? head.revision, served.hash);
    const revision = proven ?? (rollout.kind === 'change' ? row.fromRevision : null);
    return revision ? this.revisions.published(key, revision) : null;
  }

  private leave(rollout: Rollout, row: RolloutClusterRow, reason: string): Promise<Rollout> {
    return inTransaction(this.dataSource, async (tx) => {
      await this.store.move(tx, rollout.id, [row.clusterId], ['return_due'], { state: 'left', reason });
      return this.store.step(tx, rollout, {});
    });
  }
}
