import type { RolloutClusterState } from '@alertagent/contracts';
import { Clock, isUniqueViolation } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { RevisionWriter, type AcceptedFile } from '../rendering/revision-writer';
import { HeldConfiguration } from '../revisions/held-configuration';
import { RevisionsStore } from '../revisions/revisions.store';
import { ServedRevisions } from '../serving/served-revisions';
import type { RolloutCluster } from './rollout-cluster.entity';
import type { Rollout } from './rollout.entity';
import { RolloutsStore } from './rollouts.store';

/** A file on its way to one cluster of a rollout. */
export interface Publication {
  clusterId: string;
  file: AcceptedFile;
  from: RolloutClusterState;
  /** What becomes of the cluster's row; revision and time are added. */
  changes: Partial<RolloutCluster>;
}

/** Publishes for a rollout: the revision, the note that it happened and the step of the rollout are one transaction. */
@Injectable()
export class ClusterPublisher {
  constructor(
    private readonly revisions: RevisionsStore,
    private readonly writer: RevisionWriter,
    private readonly served: ServedRevisions,
    private readonly store: RolloutsStore,
    private readonly clock: Clock,
  ) {}

  /**
   * Answers the rollout after the step; null when somebody else published or took the configuration over meanwhile, which
   * the next look shows. Errors: StaleRollout.
   */
  async publish(rollout: Rollout, { clusterId, file, from, changes }: Publication): Promise<Rollout | null> {
    const key = { clusterId, type: rollout.type };
    const revision = ((await this.revisions.head(key))?.lastRevision ?? 0) + 1;
    let after = rollout;
    try {
      const published = await this.writer.publish(key, revision, file, {
        rolloutId: rollout.id,
        note: async (tx) => {
          after = await this.store.step(tx, rollout, {});
          const sent = { ...changes, revision, sentAt: this.clock.now(), liveAt: null };
          await this.store.move(tx, rollout.id, [clusterId], [from], sent);
        },
      });
      await this.served.publish(published);
      return after;
    } catch (error) {
      if (error instanceof HeldConfiguration || isUniqueViolation(error)) return null;
      throw error;
    }
  }
}
