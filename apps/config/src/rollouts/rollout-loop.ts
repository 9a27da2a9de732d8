import { Clock, LOGGER, RepeatedWork, type Logger } from '@alertagent/service-kit';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { RolloutRunner } from './rollout-runner';
import { RolloutsStore, StaleRollout } from './rollouts.store';
import { Staging } from './staging';
import { WayBack } from './way-back';

/** How often each rollout under way is looked at. */
const EVERY_MS = 1_000;

/** Steps that one rollout may take per look, so that the others get their turn. */
const STEPS_AT_ONCE = 50;

/** Looks at every rollout under way, again and again. It remembers nothing: all that counts stands in the database. */
@Injectable()
export class RolloutLoop implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly repeated: RepeatedWork;

  constructor(
    private readonly store: RolloutsStore,
    private readonly staging: Staging,
    private readonly runner: RolloutRunner,
    private readonly wayBack: WayBack,
    private readonly clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    const log = logger.component('rollouts');
    this.repeated = new RepeatedWork({
      everyMs: EVERY_MS,
      maxPauseMs: 10_000,
      work: () => this.look(),
      onFailure: (error) => log.warn({ error }, 'A rollout cannot go on now; it is tried again'),
      onRecovery: () => log.info({}, 'Rollouts go on'),
    });
  }

  onApplicationBootstrap(): void {
    this.repeated.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.repeated.stop();
  }

  /** One look at each. One that fails does not keep the others; the first error is thrown at the end. */
  async look(): Promise<void> {
    const failures: unknown[] = [];
    for (const { id } of await this.store.unsettled()) {
      try {
        for (let steps = 0; steps < STEPS_AT_ONCE; steps += 1) if (!(await this.step(id))) break;
      } catch (error) {
        // Somebody else took a step at the same time; the next look starts from there.
        if (!(error instanceof StaleRollout)) failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  private async step(id: string): Promise<boolean> {
    const rollout = await this.store.find(id);
    if (!rollout) return false;
    if (rollout.kind === 'change' && (rollout.state === 'running' || rollout.state === 'paused'))
      return this.runner.run(rollout);
    if (rollout.state === 'staging') {
      await this.staging.run(rollout);
      return true;
    }
    await this.wayBack.run(rollout, this.clock.now());
    return false;
  }
}
