import { Clock, LOGGER, NatsLink, type Logger } from '@alertagent/service-kit';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { CanaryWatch } from '../canary/canary-watch';
import { Retirements } from '../retirement/retirements';
import { SilenceCheck } from './silence-check';

/** Milliseconds between two looks at who has gone silent. */
const LOOK_EVERY_MS = 5_000;

/** Nobody reports silence, so somebody has to look. */
@Injectable()
export class SilenceWatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log: Logger;
  /** Reports arrive over NATS: silence before we could hear proves nothing. */
  private listeningSince: Date;
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | null = null;

  constructor(
    private readonly check: SilenceCheck,
    private readonly canary: CanaryWatch,
    private readonly retirements: Retirements,
    private readonly clock: Clock,
    private readonly link: NatsLink,
    @Inject(LOGGER) log: Logger,
  ) {
    this.log = log.component('silence-watch');
    this.listeningSince = clock.now();
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.look(), LOOK_EVERY_MS);
    this.timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }

  /** Looks once; a look that is going on is joined. Never fails: the next look tries again. */
  async look(): Promise<void> {
    if (!this.link.isUp) this.listeningSince = this.clock.now();
    this.canary.listeningSince = this.listeningSince;
    this.looking ??= this.check
      .run(this.listeningSince)
      .then(() => this.retirements.settleAll())
      .catch((error: unknown) => this.log.warn({ error }, 'could not look for silent members'))
      .finally(() => (this.looking = null));
    await this.looking;
  }
}
