import { LOGGER, Metrics, RepeatedWork, type CounterMetric, type Logger } from '@alertagent/service-kit';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Retention, type Removed } from './retention';

const HOUR_MS = 3_600_000;
const KINDS = ['webhooks', 'alerts', 'incidents', 'quarantined'] as const satisfies readonly (keyof Removed)[];

/** Runs the retention once an hour. */
@Injectable()
export class RetentionWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly repeated: RepeatedWork;
  private readonly removed: CounterMetric<{ kind: typeof KINDS }>;

  constructor(retention: Retention, metrics: Metrics, @Inject(LOGGER) log: Logger) {
    this.removed = metrics.counter({
      name: 'retention_removed_total',
      help: 'Rows archived and deleted, by kind.',
      labels: { kind: KINDS },
    });
    const logger = log.component('retention');
    this.repeated = new RepeatedWork({
      everyMs: HOUR_MS,
      maxPauseMs: HOUR_MS,
      work: async () => {
        const removed = await retention.run();
        for (const kind of KINDS) this.removed.inc({ kind }, removed[kind]);
        if (KINDS.some((kind) => removed[kind] > 0)) logger.info({ ...removed }, 'archived and deleted what is old');
      },
      onFailure: (error) => logger.warn({ error }, 'retention failed; nothing was deleted that is not archived'),
    });
  }

  onApplicationBootstrap(): void {
    this.repeated.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.repeated.stop();
  }
}
