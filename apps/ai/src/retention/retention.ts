import { AlertAgentConfig, Clock, inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { dayOf } from '../budget/model-call';
import { ModelCallsStore } from '../budget/model-calls.store';
import { DeadLettersStore } from '../dead-letters/dead-letters.store';

/** Rows in one transaction. */
const CHUNK = 200;

/** What one run took away. */
export interface Removed {
  dead_letters: number;
  model_calls: number;
}

/**
 * Deletes what is old and nobody needs: dead letters that wait for no replay, and the ledger of calls of models up to days that no
 * budget counts any more. What waits for a person stays, however old.
 */
@Injectable()
export class Retention {
  constructor(
    private readonly dataSource: DataSource,
    private readonly letters: DeadLettersStore,
    private readonly calls: ModelCallsStore,
    private readonly config: AlertAgentConfig,
    private readonly clock: Clock,
  ) {}

  /** Removes everything that is older than the retention, chunk by chunk. Errors: those of the database. */
  async run(): Promise<Removed> {
    const lettersBefore = this.ago(this.config.ai.retention.dead_letters);
    const callsBefore = dayOf(this.ago(this.config.ai.retention.model_calls));
    return {
      dead_letters: await this.repeat(async (tx) => {
        return this.letters.deleteThese(tx, await this.letters.unwanted(tx, lettersBefore, CHUNK));
      }),
      model_calls: await this.repeat((tx) => this.calls.deleteBefore(tx, callsBefore, CHUNK)),
    };
  }

  /** Dead letters that are older than the retention and stay, since they wait for a replay. */
  waiting(): Promise<number> {
    return this.letters.countWaiting(this.dataSource.manager, this.ago(this.config.ai.retention.dead_letters));
  }

  /** Until a chunk is not full: of two instances that take the same rows, the later one leaves the rest to the first, or to its next run. */
  private async repeat(remove: (tx: EntityManager) => Promise<number>): Promise<number> {
    let removed = 0;
    for (;;) {
      const chunk = await inTransaction(this.dataSource, remove, { deadlineMs: 60_000 });
      removed += chunk;
      if (chunk < CHUNK) return removed;
    }
  }

  private ago(ms: number): Date {
    return new Date(this.clock.now().getTime() - ms);
  }
}
