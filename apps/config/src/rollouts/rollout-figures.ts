import { LOGGER, RepeatedWork, type Logger } from '@alertagent/service-kit';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { HoldsStore } from '../revisions/holds.store';
import { RolloutMetrics } from './rollouts.metrics';
import { RolloutsStore } from './rollouts.store';

const EVERY_MS = 5_000;

/** Keeps the gauges right, whoever changed what they count. */
@Injectable()
export class RolloutFigures implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly repeated: RepeatedWork;

  constructor(rollouts: RolloutsStore, holds: HoldsStore, metrics: RolloutMetrics, @Inject(LOGGER) logger: Logger) {
    const log = logger.component('rollouts');
    this.repeated = new RepeatedWork({
      everyMs: EVERY_MS,
      maxPauseMs: 60_000,
      work: async () => metrics.counted(await rollouts.statesUnderWay(), await holds.countAll()),
      onFailure: (error) => log.warn({ error }, 'Rollouts cannot be counted now'),
    });
  }

  onApplicationBootstrap(): void {
    this.repeated.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.repeated.stop();
  }
}
