import type { Actor, AnalysisView } from '@alertagent/contracts';
import { Clock, inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { AnalystOutcome } from '../analysts/analyst-outcome';
import type { DeadLetter } from '../dead-letters/dead-letter';
import { DecisionRecord } from '../decisions/decision-record';
import { AnalysesMetrics } from './analyses.metrics';
import { AnalysesStore, type Guard } from './analyses.store';
import type { Analysis } from './analysis';
import { AnalysisAnnouncements } from './analysis-announcements';

/** How an analysis ended, and on whose word. */
export interface Ending {
  outcome: AnalystOutcome;
  guard: Guard;
  /** The callback that ended it. */
  report?: { hash: string; actor: Actor };
  /** What its workflow never did. */
  letter?: DeadLetter;
}

/** Ends analyses: result, decision, escalation and events in one transaction, so that none of them exists without the others. */
@Injectable()
export class AnalysisCompletion {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: AnalysesStore,
    private readonly records: DecisionRecord,
    private readonly announcements: AnalysisAnnouncements,
    private readonly clock: Clock,
    private readonly metrics: AnalysesMetrics,
  ) {}

  /** Null when the guard no longer held: somebody else ended the analysis or has it in hand. */
  async end(analysis: Analysis, { outcome, guard, report, letter }: Ending): Promise<AnalysisView | null> {
    const ended: Analysis = {
      ...analysis,
      status: outcome.status,
      result: outcome.result ?? null,
      error: outcome.status === 'failed' ? outcome.error : null,
      reportHash: report?.hash ?? null,
      leaseToken: null,
      dueAt: null,
      completedAt: this.clock.now(),
    };
    const { status, result, error, reportHash, leaseToken, dueAt, completedAt } = ended;
    const view = await inTransaction(this.dataSource, async (tx) => {
      const changes = { status, result, error, reportHash, leaseToken, dueAt, completedAt };
      if (!(await this.store.change(tx, analysis.id, guard, changes))) return null;
      const decision = await this.records.decide(tx, ended, status === 'completed' ? result : null);
      return this.announcements.announce(tx, { ended, decision, actor: report?.actor, letter });
    });
    if (view) this.metrics.ended(ended);
    if (view && letter) this.metrics.died(letter.kind);
    return view;
  }
}
