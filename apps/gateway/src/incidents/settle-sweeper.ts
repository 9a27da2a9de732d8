import { Clock, LOGGER, type Logger } from '@alertagent/service-kit';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { WakeUp } from '../pipeline/wake-up';
import { IncidentExpiry } from './incident-expiry';

/** Milliseconds between two sweeps. */
const SWEEP_MS = 1_000;
const MAX_PAUSE_MS = 30_000;

/** Sees to it that what time does to incidents is done in time: resolves those that waited long enough, ends acknowledgements. */
@Injectable()
export class SettleSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly wakeUp = new WakeUp();
  private readonly log: Logger;
  private isStopping = false;
  private failures = 0;
  private loop: Promise<void> = Promise.resolve();

  constructor(
    private readonly expiry: IncidentExpiry,
    private readonly clock: Clock,
    @Inject(LOGGER) log: Logger,
  ) {
    this.log = log.component('incidents');
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
  async sweep(): Promise<void> {
    const now = this.clock.now().getTime();
    await this.expiry.settle(now);
    await this.expiry.endAcknowledgements(now);
  }

  private async run(): Promise<void> {
    while (!this.isStopping) {
      await this.wakeUp.sleep(await this.turn());
    }
  }

  private async turn(): Promise<number> {
    try {
      await this.sweep();
      this.failures = 0;
      return SWEEP_MS;
    } catch (error) {
      this.failures += 1;
      if (this.failures === 1) this.log.warn({ error }, 'incidents that are due wait: the sweep failed; trying again');
      return Math.min(MAX_PAUSE_MS, SWEEP_MS * 2 ** Math.min(this.failures, 5));
    }
  }
}
