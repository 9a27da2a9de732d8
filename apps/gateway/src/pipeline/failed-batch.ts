import { ServiceError } from '@alertagent/contracts';
import { Clock, isUniqueViolation, LOGGER, type Logger } from '@alertagent/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { InboxQueue } from '../intake/inbox-queue';
import { OvertakingError } from './batch-order';
import { Pipeline } from './pipeline';
import { PipelineMetrics } from './pipeline.metrics';
import { SetAside } from './set-aside';

/** After this many failures of its own a webhook is set aside. */
export const MAX_ATTEMPTS = 5;
/** Milliseconds before the second attempt; doubled for each further one. */
const FIRST_DELAY_MS = 500;

/** Whether the database, not the work, is in the way: nothing is to be learnt from trying row by row. */
export function isDatabaseAway(error: unknown): boolean {
  return error instanceof ServiceError && error.code === 'unavailable';
}

/** Finds out which webhooks of a batch make it fail, so that they neither block the others nor are tried for ever. */
@Injectable()
export class FailedBatch {
  private readonly log: Logger;

  constructor(
    private readonly pipeline: Pipeline,
    private readonly inbox: InboxQueue,
    private readonly setAside: SetAside,
    private readonly metrics: PipelineMetrics,
    private readonly clock: Clock,
    @Inject(LOGGER) log: Logger,
  ) {
    this.log = log.component('pipeline');
  }

  /** Processes the waiting webhooks one by one. Errors: ServiceError `unavailable`, after which nothing is lost. */
  async sortOut(): Promise<void> {
    this.metrics.failed();
    for (const { id, attempts } of await this.inbox.due()) {
      try {
        await this.pipeline.processNext(id);
      } catch (error) {
        if (isDatabaseAway(error)) throw error;
        // Another worker stored the same alerts a moment before, or failed before this one could go on; the next look knows more.
        const isByAnother = isUniqueViolation(error) || error instanceof OvertakingError;
        if (!isByAnother) await this.failedAlone(id, attempts + 1, error);
      }
    }
  }

  private async failedAlone(id: string, attempts: number, error: unknown): Promise<void> {
    this.metrics.failed();
    const reason = error instanceof Error ? error.message : String(error);
    if (attempts >= MAX_ATTEMPTS) {
      const alerts = await this.setAside.quarantine(id, reason);
      this.log.error({ inbox_id: id, alerts, attempts, error }, 'webhook set aside: the pipeline cannot process it');
      return;
    }
    const dueAt = new Date(this.clock.now().getTime() + FIRST_DELAY_MS * 2 ** (attempts - 1));
    await this.inbox.postpone(id, attempts, dueAt, reason);
    this.log.warn({ inbox_id: id, attempts, error }, 'webhook could not be processed; trying later');
  }
}
