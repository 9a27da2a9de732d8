import { Clock, LOGGER, RepeatedWork, type Logger } from '@alertagent/service-kit';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { InstanceSettler } from './instance-settler';

const EVERY_MS = 3_000;
/** Whoever asked for the work does it within that, or was cut off. */
const LEFT_ALONE_MS = 50_000;

/** Goes on with work on instances that was cut off, or that could not be done when it was asked for. */
@Injectable()
export class SettlingLoop implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly repeated: RepeatedWork;

  constructor(
    private readonly settler: InstanceSettler,
    private readonly clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    const log = logger.component('templates');
    this.repeated = new RepeatedWork({
      everyMs: EVERY_MS,
      maxPauseMs: 60_000,
      work: () => this.look(),
      onFailure: (error) => log.warn({ error }, 'An instance of a template cannot be settled now; it is tried again'),
      onRecovery: () => log.info({}, 'Instances of templates are settled again'),
    });
  }

  onApplicationBootstrap(): void {
    this.repeated.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.repeated.stop();
  }

  private async look(): Promise<void> {
    const since = new Date(this.clock.now().getTime() - LEFT_ALONE_MS);
    let waiting = 0;
    for (const id of await this.settler.waiting(since)) if (!(await this.settler.settle(id)).done) waiting += 1;
    if (waiting > 0) throw new Error(`${waiting} instances of templates wait for others`);
  }
}
