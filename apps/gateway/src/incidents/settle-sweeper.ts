import { Clock, LOGGER, RepeatedWork, type Logger } from '@alertagent/service-kit';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { IncidentExpiry } from './incident-expiry';

/** Milliseconds between two sweeps. */
const SWEEP_MS = 1_000;
const MAX_PAUSE_MS = 30_000;

/** Sees to it that what time does to incidents is done in time: resolves those that waited long enough, ends acknowledgements. */
@Injectable()
export class SettleSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly repeated: RepeatedWork;

  constructor(
    private readonly expiry: IncidentExpiry,
    private readonly clock: Clock,
    @Inject(LOGGER) log: Logger,
  ) {
    const logger = log.component('incidents');
    this.repeated = new RepeatedWork({
      everyMs: SWEEP_MS,
      maxPauseMs: MAX_PAUSE_MS,
      work: () => this.sweep(),
      onFailure: (error) => logger.warn({ error }, 'incidents that are due wait: the sweep failed; trying again'),
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
  async sweep(): Promise<void> {
    const now = this.clock.now().getTime();
    await this.expiry.settle(now);
    await this.expiry.endAcknowledgements(now);
  }
}
