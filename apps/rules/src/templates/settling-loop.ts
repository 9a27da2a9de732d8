import { LOGGER, RepeatedWork, type Logger } from '@alertagent/service-kit';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { InstanceSettler } from './instance-settler';

const EVERY_MS = 3_000;

/** Goes on with work on instances that was cut off, or that could not be done when it was asked for. */
@Injectable()
export class SettlingLoop implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly repeated: RepeatedWork;

  constructor(
    private readonly settler: InstanceSettler,
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
    let waiting = 0;
    for (const id of await this.settler.waiting()) if (!(await this.settler.settle(id)).done) waiting += 1;
    if (waiting > 0) throw new Error(`${waiting} instances of templates wait for others`);
  }
}
