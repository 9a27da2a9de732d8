import { Clock, inTransaction, LOGGER, RepeatedWork, type Logger } from '@alertagent/service-kit';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DifyNotNow, DifyRefusal } from './dify-api';
import type { DifyFeedback } from './dify-feedback';
import { DifyFeedbackStore } from './dify-feedback.store';
import { DifyOpinions } from './dify-opinions';
import { retryPause, TURN_MS } from './retry-pause';

const AT_ONCE = 20;
const LOOK_MS = 1_000;

/** Tells Dify each change of what people think of its answers, until it has heard it. */
@Injectable()
export class DifyFeedbackSender implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly work: RepeatedWork;

  constructor(
    private readonly dataSource: DataSource,
    private readonly store: DifyFeedbackStore,
    private readonly opinions: DifyOpinions,
    private readonly clock: Clock,
    @Inject(LOGGER) log: Logger,
  ) {
    const own = log.component('dify-feedback');
    this.work = new RepeatedWork({
      everyMs: LOOK_MS,
      maxPauseMs: 30_000,
      work: () => this.turn(),
      onFailure: (error) => own.warn({ error }, 'feedback for Dify waits'),
    });
  }

  onApplicationBootstrap(): void {
    if (this.opinions.areWanted) this.work.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.work.stop();
  }

  private async turn(): Promise<void> {
    for (const note of await this.store.due(this.dataSource.manager, this.clock.now(), AT_ONCE)) {
      const until = new Date(this.clock.now().getTime() + TURN_MS);
      if (!(await inTransaction(this.dataSource, (tx) => this.store.take(tx, note, until)))) continue;
      const changes = await this.tell(note);
      await inTransaction(this.dataSource, (tx) => this.store.ended(tx, note, changes));
    }
  }

  /** What is to be written down of it. Errors: those of the database, after which it is told again. */
  private async tell(note: DifyFeedback): Promise<Partial<DifyFeedback>> {
    try {
      await this.opinions.tell(note);
      return { told: note.wanted, dueAt: null, failures: 0, error: null };
    } catch (error) {
      if (error instanceof DifyRefusal) return { dueAt: null, error: error.message };
      if (!(error instanceof DifyNotNow)) throw error;
      const failures = note.failures + 1;
      return { failures, error: error.message, dueAt: new Date(this.clock.now().getTime() + retryPause(failures)) };
    }
  }
}
