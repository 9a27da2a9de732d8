import { LOGGER, type Logger } from '@alertagent/service-kit';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { WakeUp } from '../requests/wake-up';
import { ActionLeases, type Work } from './action-leases';
import { ActionRun } from './action-run';

const CONCURRENCY = 4;
/** Milliseconds between looks when nobody rings: for checks, leases and approvals that end, and for actions of other replicas. */
const POLL_MS = 250;
/** Milliseconds to wait for the database after it failed. */
const OUTAGE_MS = 1_000;
/** Milliseconds calls may go on after the service was told to stop. */
const GRACE_MS = 4_000;

/** Works on actions that are due, a few at a time, so that one slow call does not hold up the others. */
@Injectable()
export class ActionWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly wakeUp = new WakeUp();
  private readonly inHand = new Set<Promise<void>>();
  private readonly log: Logger;
  private isStopping = false;
  private loop: Promise<void> = Promise.resolve();

  constructor(
    private readonly leases: ActionLeases,
    private readonly run: ActionRun,
    @Inject(LOGGER) log: Logger,
  ) {
    this.log = log.component('action-worker');
  }

  /** Starts the loop; what an earlier process left behind is found by it. */
  onApplicationBootstrap(): void {
    this.loop = this.work();
  }

  /** There may be something to do. */
  ring(): void {
    this.wakeUp.ring();
  }

  /** Takes nothing new and gives calls a moment to end; one that does not is found by its lease, as `unknown`. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    this.wakeUp.ring();
    await this.loop;
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, GRACE_MS)));
    await Promise.race([Promise.all(this.inHand), patience]);
    clearTimeout(timer);
  }

  private async work(): Promise<void> {
    while (!this.isStopping) {
      const pauseMs = await this.turn();
      await this.wakeUp.sleep(pauseMs);
    }
  }

  /** Takes what there is room for. Returns for how many milliseconds there is nothing to do. */
  private async turn(): Promise<number> {
    try {
      const room = CONCURRENCY - this.inHand.size;
      for (const work of room > 0 ? await this.leases.take(room) : []) this.start(work);
      return POLL_MS;
    } catch (error) {
      this.log.warn({ error }, 'actions wait for the database');
      return OUTAGE_MS;
    }
  }

  private start(work: Work): void {
    const running = this.finish(work).finally(() => {
      this.inHand.delete(running);
      this.wakeUp.ring();
    });
    this.inHand.add(running);
  }

  /** Never throws: whether an action that fails here had its effect is decided when its lease is over. */
  private async finish(work: Work): Promise<void> {
    try {
      await this.run.take(work);
    } catch (error) {
      this.log.error({ error, action_id: work.action.id }, 'an action was interrupted; it waits for its lease to end');
    }
  }
}
