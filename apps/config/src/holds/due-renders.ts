import { Clock, LOGGER, RepeatedWork, type Logger } from '@alertagent/service-kit';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { RenderQueue } from '../rendering/render-queue';
import { HoldsStore } from '../revisions/holds.store';

const EVERY_MS = 1_000;
const AT_ONCE = 1_000;

/**
 * Renders what was released or confirmed, and once after the start what was refused before: this release may write what the
 * last one could not, or a tool judge otherwise, and no event would tell. What is due stands in the database, so that no
 * kill forgets it.
 */
@Injectable()
export class DueRenders implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly repeated: RepeatedWork;
  private hasRetried = false;

  constructor(
    private readonly holds: HoldsStore,
    private readonly queue: RenderQueue,
    private readonly clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    const log = logger.component('rendering');
    this.repeated = new RepeatedWork({
      everyMs: EVERY_MS,
      maxPauseMs: 30_000,
      work: () => this.run(),
      onFailure: (error) => log.warn({ error }, 'What is due could not be rendered; it is tried again'),
    });
  }

  onApplicationBootstrap(): void {
    this.repeated.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.repeated.stop();
  }

  /** Renders all that is due now. Errors: those of the first render that failed, after the others were tried. */
  async run(): Promise<void> {
    if (!this.hasRetried) await this.holds.retryRefused(this.clock.now());
    this.hasRetried = true;
    const failures: unknown[] = [];
    for (const { clusterId, type, renderDue } of await this.holds.due(AT_ONCE)) {
      if (!renderDue) continue;
      try {
        await this.queue.render({ clusterId, type });
        await this.holds.rendered({ clusterId, type }, renderDue);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
