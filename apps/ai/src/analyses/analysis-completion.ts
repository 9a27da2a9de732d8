import type { Actor, AnalysisView } from '@alertagent/contracts';
import { Clock, currentContext, inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { AnalystOutcome } from '../analysts/analyst-outcome';
import type { DeadLetter } from '../dead-letters/dead-letter';
import { DecisionRecord } from '../decisions/decision-record';
import { GatheredWrites } from '../requests/gathered-writes';
import { type InContext } from '../requests/in-context-of';
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

interface Finished extends Ending, InContext {
  ended: Analysis;
}

/**
 * Ends analyses: result, decision, escalation and events in one transaction, so that none of them exists without the others.
 * Endings that come while others are being written go together.
 */
@Injectable()
export class AnalysisCompletion {
  private readonly endings = new GatheredWrites<Finished, AnalysisView | null>((all) =>
    inTransaction(this.dataSource, (tx) => this.endAll(tx, all)),
  );

  constructor(
    private readonly dataSource: DataSource,
    private readonly store: AnalysesStore,
    private readonly records: DecisionRecord,
    private readonly announcements: AnalysisAnnouncements,
    private readonly clock: Clock,
    private readonly metrics: AnalysesMetrics,
  ) {}

  /** Null when the guard no longer held: somebody else ended the analysis or has it in hand. */
  async end(analysis: Analysis, ending: Ending): Promise<AnalysisView | null> {
    const { outcome, report, letter } = ending;
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
    const view = await this.endings.submit({ ...ending, ended, context: currentContext() });
    if (view) this.metrics.ended(ended);
    if (view && letter) this.metrics.died(letter.kind);
    return view;
  }

  private async endAll(tx: EntityManager, all: readonly Finished[]): Promise<(AnalysisView | null)[]> {
    const held: Finished[] = [];
    for (const one of all) if (await this.isHeld(tx, one)) held.push(one);
    const finished = held.map(({ ended, context }) => {
      const result = ended.status === 'completed' ? ended.result : null;
      return { analysis: ended, result, context };
    });
    const decisions = await this.records.decideAll(tx, finished);
    const views = await this.announcements.announceAll(
      tx,
      held.map(({ ended, report, letter, context }, index) => ({
        ended,
        decision: decisions[index]!,
        actor: report?.actor,
        letter,
        context,
      })),
    );
    return all.map((one) => (held.includes(one) ? views[held.indexOf(one)]! : null));
  }

  private isHeld(tx: EntityManager, { ended, guard }: Finished): Promise<boolean> {
    const { id, status, result, error, reportHash, leaseToken, dueAt, completedAt } = ended;
    return this.store.change(tx, id, guard, { status, result, error, reportHash, leaseToken, dueAt, completedAt });
  }
}
