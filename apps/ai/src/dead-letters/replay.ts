import { ServiceError, type Actor, type ReplayedAnalysis } from '@alertagent/contracts';
import { AuditLog, Clock, inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AnalysesStore } from '../analyses/analyses.store';
import type { DeadLetter } from './dead-letter';
import { letterView, refusalOf } from './dead-letter-view';
import { DeadLettersStore } from './dead-letters.store';

/**
 * Lets the analysis of a letter begin anew: the same one, with the same id and so the same idempotency key. One that has a result
 * is never done twice: its decision may have had effects. The letter is gone by it; a run that dies again leaves a new one.
 */
@Injectable()
export class Replay {
  constructor(
    private readonly dataSource: DataSource,
    private readonly letters: DeadLettersStore,
    private readonly analyses: AnalysesStore,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Errors: `not_found` when another took the letter; `conflict` when the analysis has a result or is being worked on. */
  replay(letter: DeadLetter, actor: Actor): Promise<ReplayedAnalysis> {
    return inTransaction(this.dataSource, async (tx) => {
      if (!(await this.letters.delete(tx, letter.id))) {
        throw new ServiceError('not_found', 'the dead letter was replayed or deleted meanwhile');
      }
      const analysis = await this.analyses.find(tx, letter.analysisId);
      const refusal = refusalOf(letter, analysis);
      if (!analysis || refusal) throw new ServiceError('conflict', refusal ?? 'the analysis is gone');
      const replays = analysis.replays + 1;
      const anew = {
        status: 'pending' as const,
        lane: analysis.workflow,
        replays,
        dueAt: this.clock.now(),
        attempts: 0,
        ...NOTHING_DONE,
      };
      if (!(await this.analyses.reopen(tx, analysis, anew))) {
        throw new ServiceError('conflict', 'the analysis is being changed; look at it and try again');
      }
      await this.audit.record(tx, {
        actor,
        action: 'analysis.replayed',
        resource_type: 'analysis',
        resource_id: analysis.id,
        before: letterView(letter, analysis),
        after: { replays },
      });
      return { analysis_id: analysis.id, replays };
    });
  }
}

/** What the earlier run left in the analysis. */
const NOTHING_DONE = {
  engine: null,
  fallbackReason: null,
  leaseToken: null,
  deadline: null,
  result: null,
  error: null,
  reportHash: null,
  completedAt: null,
};
