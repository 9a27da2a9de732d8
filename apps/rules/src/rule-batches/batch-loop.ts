import { LOGGER, RepeatedWork, type Logger } from '@alertagent/service-kit';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { BatchRunner } from './batch-runner';
import { RuleBatchesStore } from './rule-batches.store';

const EVERY_MS = 1_000;

/** Takes up batches that nobody works on: after a crash, or when the database was away. */
@Injectable()
export class BatchLoop implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly repeated: RepeatedWork;

  constructor(
    private readonly dataSource: DataSource,
    private readonly store: RuleBatchesStore,
    private readonly runner: BatchRunner,
    @Inject(LOGGER) logger: Logger,
  ) {
    const log = logger.component('rule-batches');
    this.repeated = new RepeatedWork({
      everyMs: EVERY_MS,
      maxPauseMs: 10_000,
      work: () => this.look(),
      onFailure: (error) => log.warn({ error }, 'A batch of rules cannot go on now; it is tried again'),
      onRecovery: () => log.info({}, 'Batches of rules go on'),
    });
  }

  onApplicationBootstrap(): void {
    this.repeated.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.repeated.stop();
  }

  private async look(): Promise<void> {
    const failures: unknown[] = [];
    for (const id of await this.store.unfinished(this.dataSource.manager)) {
      // One that cannot go on keeps none of the others waiting.
      await this.runner.run(id).catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }
}
