import { decisionMade, type AnalysisResult } from '@alertagent/contracts';
import { Outbox } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { inContextOf, type InContext } from '../requests/in-context-of';
import { SuggestionRecord, type SuggestingAnalysis } from '../autonomy/suggestion-record';
import { EscalationsStore } from '../escalations/escalations.store';
import { decisionView, type StoredDecision } from './decision';
import { DecisionEngine, type DecidedAnalysis } from './decision-engine';
import { DecisionsStore } from './decisions.store';
import { escalationOf } from './escalation-of';

/** An analysis that is over, and whose work that was. */
export interface FinishedAnalysis extends InContext {
  analysis: SuggestingAnalysis & DecidedAnalysis;
  /** Null when the analysis failed. */
  result: AnalysisResult | null;
}

/** Decides on finished analyses and records it: the decision, its event, the escalation it asks for, and the actions that were suggested. */
@Injectable()
export class DecisionRecord {
  constructor(
    private readonly engine: DecisionEngine,
    private readonly decisions: DecisionsStore,
    private readonly suggestions: SuggestionRecord,
    private readonly escalations: EscalationsStore,
    private readonly outbox: Outbox,
  ) {}

  /** One for each, in their order. Errors: a unique violation when a run of one of these analyses has a decision already. */
  async decideAll(tx: EntityManager, finished: readonly FinishedAnalysis[]): Promise<StoredDecision[]> {
    if (finished.length === 0) return [];
    const policy = await this.engine.policy(tx);
    const decided = finished.map(({ analysis, result }) => this.engine.decide(policy, analysis, result));
    await this.decisions.insertAll(tx, decided);
    for (const [index, one] of finished.entries()) await inContextOf(one, () => this.record(tx, one, decided[index]!));
    return decided;
  }

  private async record(
    tx: EntityManager,
    { analysis, result }: FinishedAnalysis,
    decision: StoredDecision,
  ): Promise<void> {
    if (decision.incidentId) {
      await this.outbox.add(tx, decisionMade, { incident_id: decision.incidentId, decision: decisionView(decision) });
    }
    if (decision.escalationRequired) await this.escalations.raise(tx, escalationOf(decision, analysis.alertId));
    const isResolving = decision.action === 'auto_resolve';
    if (result) await this.suggestions.record(tx, { analysis, result, isResolving });
  }
}
