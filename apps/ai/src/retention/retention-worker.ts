import { LOGGER, Metrics, RepeatedWork, type CounterMetric, type Logger } from '@alertagent/service-kit';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Retention, type Removed } from './retention';

const HOUR_MS = 3_600_000;
const KINDS = [
  'dead_letters',
  'model_calls',
  'analyses',
  'decisions',
  'dify_feedback',
  'known_incidents',
] as const satisfies readonly (keyof Removed)[];

/** Runs the retention once an hour. */
@Injectable()
export class RetentionWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly repeated: RepeatedWork;
  private readonly removed: CounterMetric<{ kind: typeof KINDS }>;

  constructor(
    private readonly retention: Retention,
    metrics: Metrics,
    @Inject(LOGGER) log: Logger,
  ) {
    this.removed = metrics.counter({
      name: 'ai_retention_removed_total',
      help: 'Rows deleted because they were old, by kind.',
      labels: { kind: KINDS },
    });
    const waiting = metrics.gauge({
      name: 'ai_dead_letters_overdue',
      help: 'Dead letters older than the retention that stay because they wait for a replay; as of the last hourly look.',
    });
    const logger = log.component('retention');
    this.repeated = new RepeatedWork({
      everyMs: HOUR_MS,
      maxPauseMs: HOUR_MS,
      work: async () => {
        const removed = await this.run();
        if (KINDS.some((kind) => removed[kind] > 0)) logger.info({ ...removed }, 'deleted what is old');
        waiting.set({}, await retention.waiting());
      },
      onFailure: (error) => logger.warn({ error }, 'retention failed; what is old is deleted later'),
    });
  }

  onApplicationBootstrap(): void {
    this.repeated.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.repeated.stop();
  }

  /** One run, counted. Errors: those of the database. */
  async run(): Promise<Removed> {
    const removed = await this.retention.run();
    for (const kind of KINDS) this.removed.inc({ kind }, removed[kind]);
    return removed;
  }
}
