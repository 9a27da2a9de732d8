import { AlertAgentConfig, Clock, inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { dayOf } from '../budget/model-call';
import { ModelCallsStore } from '../budget/model-calls.store';
import { DeadLettersStore } from '../dead-letters/dead-letters.store';
import { OldAnalyses, type OldRemoved } from './old-analyses';

/** Rows in one transaction. */
const CHUNK = 200;
const LIMITS = { deadlineMs: 60_000 };

/** What one run took away. */
export interface Removed extends OldRemoved {
  dead_letters: number;
  model_calls: number;
  known_incidents: number;
}

/**
 * Deletes what is old and nobody needs: dead letters that wait for no replay, the ledger of calls of models up to days that no
 * budget counts any more, analyses that nothing rests on with their decisions, and incidents that have none left. What waits for a person stays, however old.
 */
@Injectable()
export class Retention {
  constructor(
    private readonly dataSource: DataSource,
    private readonly letters: DeadLettersStore,
    private readonly calls: ModelCallsStore,
    private readonly old: OldAnalyses,
    private readonly config: AlertAgentConfig,
    private readonly clock: Clock,
  ) {}

  /** Removes everything that is older than the retention, chunk by chunk. Errors: those of the database. */
  async run(): Promise<Removed> {
    const { retention } = this.config.ai;
    const lettersBefore = this.ago(retention.dead_letters);
    const callsBefore = dayOf(this.ago(retention.model_calls));
    const [analysesBefore, incidentsBefore] = [this.ago(retention.analyses), this.ago(retention.known_incidents)];
    const dead_letters = await this.repeat(async (tx) => {
      return this.letters.deleteThese(tx, await this.letters.unwanted(tx, lettersBefore, CHUNK));
    });
    const model_calls = await this.repeat((tx) => this.calls.deleteBefore(tx, callsBefore, CHUNK));
    // Letters go before analyses, and analyses before incidents: each keeps the next.
    const analyses = await this.analyses(analysesBefore);
    const known_incidents = await this.repeat((tx) => this.old.deleteIncidents(tx, incidentsBefore, CHUNK));
    return { dead_letters, model_calls, ...analyses, known_incidents };
  }

  /** Dead letters that are older than the retention and stay, since they wait for a replay. */
  waiting(): Promise<number> {
    return this.letters.countWaiting(this.dataSource.manager, this.ago(this.config.ai.retention.dead_letters));
  }

  private async analyses(before: Date): Promise<OldRemoved> {
    const sum = { analyses: 0, decisions: 0, dify_feedback: 0 };
    for (;;) {
      const removed = await inTransaction(this.dataSource, (tx) => this.old.delete(tx, before, CHUNK), LIMITS);
      for (const kind of ['analyses', 'decisions', 'dify_feedback'] as const) sum[kind] += removed[kind];
      if (removed.analyses < CHUNK) return sum;
    }
  }

  /** Until a chunk is not full: of two instances that take the same rows, the later one leaves the rest to the first, or to its next run. */
  private async repeat(remove: (tx: EntityManager) => Promise<number>): Promise<number> {
    let removed = 0;
    for (;;) {
      const chunk = await inTransaction(this.dataSource, remove, LIMITS);
      removed += chunk;
      if (chunk < CHUNK) return removed;
    }
  }

  private ago(ms: number): Date {
    return new Date(this.clock.now().getTime() - ms);
  }
}
