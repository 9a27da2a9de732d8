import { Clock, inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ClusterPublisher } from './cluster-publisher';
import { nextStep, type Step } from './next-step';
import { RolloutChanges, SYSTEM } from './rollout-changes';
import { RolloutSight, type SeenCluster } from './rollout-sight';
import type { Rollout } from './rollout.entity';
import { RolloutsStore } from './rollouts.store';

/** Takes the steps of a rollout that runs or is paused. */
@Injectable()
export class RolloutRunner {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: RolloutsStore,
    private readonly sight: RolloutSight,
    private readonly changes: RolloutChanges,
    private readonly publisher: ClusterPublisher,
    private readonly clock: Clock,
  ) {}

  /** Takes one step. Answers whether another look at once may find more to do. Errors: StaleRollout. */
  async run(rollout: Rollout): Promise<boolean> {
    const seen = await this.sight.look(rollout, await this.store.clusters(rollout.id));
    const step = nextStep(rollout, seen, this.clock.now());
    if (step.kind === 'wait') return false;
    if (step.kind === 'send') return this.send(rollout, seen, step.clusterIds);
    await inTransaction(this.dataSource, async (tx) => {
      switch (step.kind) {
        case 'leave':
          await this.store.move(tx, rollout.id, step.clusterIds, ['staged', 'sent', 'live'], {
            state: 'left',
            reason: 'somebody else decides on it now',
          });
          await this.changes.advance(tx, rollout, { state: 'paused', reason: step.reason }, SYSTEM);
          break;
        case 'stop':
          await this.changes.end(tx, rollout, { state: 'stopped', reason: step.reason.slice(0, 2_000) }, SYSTEM);
          break;
        case 'pause':
          await this.changes.advance(tx, rollout, { state: 'paused', reason: step.reason.slice(0, 2_000) }, SYSTEM);
          break;
        case 'reached':
          await this.store.step(tx, rollout, {});
          for (const { row, judgement } of seen)
            if (step.clusterIds.includes(row.clusterId) && judgement?.kind === 'reached')
              await this.store.move(tx, rollout.id, [row.clusterId], ['sent'], {
                state: 'live',
                liveAt: judgement.lastSeen,
              });
          break;
        case 'next_wave':
          await this.changes.advance(tx, rollout, { wave: rollout.wave + 1 }, SYSTEM);
          break;
        case 'complete':
          await this.changes.complete(tx, rollout);
      }
    });
    return true;
  }

  private async send(
    rollout: Rollout,
    seen: readonly SeenCluster[],
    clusterIds: Extract<Step, { kind: 'send' }>['clusterIds'],
  ): Promise<boolean> {
    let current = rollout;
    for (const clusterId of clusterIds) {
      const staged = await this.store.staged(rollout.id, clusterId);
      if (!staged?.content || !staged.hash || !staged.manifest) return false;
      const { content, hash, manifest, emptyConfirmed, confirmedFrom } = staged;
      const heard = seen.find(({ row }) => row.clusterId === clusterId)?.heard ?? [];
      const after = await this.publisher.publish(current, {
        clusterId,
        file: { content, hash, manifest, emptyConfirmed, confirmedFrom: confirmedFrom ?? [] },
        from: 'staged',
        changes: { state: 'sent', firingBefore: Math.max(0, ...heard.map(({ firingAlerts }) => firingAlerts ?? 0)) },
      });
      // Somebody else was quicker: the next look shows what that means.
      if (!after) return false;
      current = after;
    }
    return true;
  }
}
