import { inTransaction, LOGGER, Metrics, RepeatedWork, type CounterMetric, type Logger } from '@alertagent/service-kit';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { PolicyStore } from '../policies/policy-store';
import { MarkerUpkeep } from './marker-upkeep';
import { Releases, type ReleaseCounts } from './releases';
import { SeverityNotices } from './severity-notices';

/** Milliseconds between sweeps; the longest that an alert stays hidden for no reason, the grace for late news aside. */
const EVERY_MS = 15_000;
const MAX_PAUSE_MS = 60_000;
const OUTCOMES = ['released', 'left'] as const;

/** What a sweep consists of. */
@Injectable()
export class SweptParts {
  constructor(
    readonly markers: MarkerUpkeep,
    readonly releases: Releases,
    readonly notices: SeverityNotices,
  ) {}
}

/** Looks after what is hidden, from time to time, in each gateway. */
@Injectable()
export class ReleaseSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly repeated: RepeatedWork;
  private readonly counter: CounterMetric<{ outcome: typeof OUTCOMES }>;
  private readonly log: Logger;

  constructor(
    private readonly dataSource: DataSource,
    private readonly policies: PolicyStore,
    private readonly parts: SweptParts,
    metrics: Metrics,
    @Inject(LOGGER) log: Logger,
  ) {
    this.log = log.component('suppressions');
    this.counter = metrics.counter({
      name: 'suppression_releases_total',
      help: 'Hidden alerts that nothing hides any more: released, or left to the next repetition of their sender.',
      labels: { outcome: OUTCOMES },
    });
    this.repeated = new RepeatedWork({
      everyMs: EVERY_MS,
      maxPauseMs: MAX_PAUSE_MS,
      work: async () => void (await this.sweep()),
      onFailure: (error) =>
        this.log.warn({ error }, 'hidden alerts could not be looked after; the next sweep tries again'),
    });
  }

  onApplicationBootstrap(): void {
    this.repeated.start();
  }

  /** Finishes the sweep in hand. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.repeated.stop();
  }

  /** One sweep. Errors: ServiceError `unavailable`. */
  async sweep(): Promise<ReleaseCounts> {
    const policy = await inTransaction(this.dataSource, (tx) => this.policies.current(tx));
    const { markers, releases, notices } = this.parts;
    await markers.sweep(policy);
    const counts = await releases.sweep(policy);
    for (const outcome of OUTCOMES) this.counter.inc({ outcome }, counts[outcome]);
    if (counts.released > 0) this.log.info(counts, 'hidden alerts that nothing hides any more go on their way');
    await notices.sweep();
    return counts;
  }
}
