import { LOGGER, RepeatedWork, type Logger } from '@alertagent/service-kit';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Sweep } from './sweep';

/** Milliseconds between two sweeps. */
const EVERY_MS = 5 * 60_000;
/** Milliseconds between two looks at whether one is due; the first sweep waits for the second look, when the bus is there. */
const LOOK_EVERY_MS = 15_000;
const LONGEST_PAUSE_MS = 5 * 60_000;

/** Sweeps again and again, and when somebody asks for it. */
@Injectable()
export class Sweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log: Logger;
  private readonly repeated: RepeatedWork;
  private readonly stopping = new AbortController();
  private running: Promise<void> | null = null;
  private next: Promise<void> | null = null;
  private dueAt = Infinity;

  constructor(
    private readonly sweep: Sweep,
    @Inject(LOGGER) log: Logger,
  ) {
    this.log = log.component('rule-sweep');
    this.repeated = new RepeatedWork({
      everyMs: LOOK_EVERY_MS,
      maxPauseMs: LONGEST_PAUSE_MS,
      work: () => this.whenDue(),
      onFailure: (error) => this.log.warn({ error }, 'rules could not be swept; trying again'),
      onRecovery: () => this.log.info('rules are swept again'),
    });
  }

  onApplicationBootstrap(): void {
    this.repeated.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.repeated.stop();
    await this.running?.catch(() => undefined);
  }

  /** Begins a sweep after the one in hand, if there is one. Nobody waits for it, and who asks meanwhile gets the same. */
  begin(): void {
    this.next ??= (this.running ?? Promise.resolve())
      .catch(() => undefined)
      .then(() => {
        this.next = null;
        return this.once();
      })
      .catch((error: unknown) => {
        this.log.warn({ error }, 'rules could not be swept; trying again');
        // Somebody waits for it.
        this.dueAt = 0;
      });
  }

  private async whenDue(): Promise<void> {
    if (this.dueAt === Infinity) this.dueAt = 0;
    else if (performance.now() >= this.dueAt) {
      await this.once();
      this.dueAt = performance.now() + EVERY_MS;
    }
  }

  private once(): Promise<void> {
    this.running ??= this.sweep.run(this.stopping.signal).finally(() => (this.running = null));
    return this.running;
  }
}
