import { inTransaction, LOGGER, Metrics, type CounterMetric, type Logger } from '@alertagent/service-kit';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { WakeUp } from '../pipeline/wake-up';
import { PolicyStore } from '../policies/policy-store';
import { MarkerUpkeep } from './marker-upkeep';
import { Releases, type ReleaseCounts } from './releases';
import { SeverityNotices } from './severity-notices';

/** Milliseconds between sweeps; the longest that an alert stays hidden for no reason, the grace for late news aside. */
const EVERY_MS = 15_000;
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
  private readonly wakeUp = new WakeUp();
  private readonly counter: CounterMetric<{ outcome: typeof OUTCOMES }>;
  private readonly log: Logger;
  private isStopping = false;
  private loop: Promise<void> = Promise.resolve();

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
  }

  onApplicationBootstrap(): void {
    this.loop = this.run();
  }

  /** Finishes the sweep in hand. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    this.wakeUp.ring();
    await this.loop;
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

  private async run(): Promise<void> {
    for (;;) {
      await this.wakeUp.sleep(EVERY_MS);
      if (this.isStopping) return;
      try {
        await this.sweep();
      } catch (error) {
        this.log.warn({ error }, 'hidden alerts could not be looked after; the next sweep tries again');
      }
    }
  }
}
