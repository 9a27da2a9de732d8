import { decisionMade, type AnalysisResult } from '@alertagent/contracts';
import { Outbox } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { SuggestionRecord, type SuggestingAnalysis } from '../autonomy/suggestion-record';
import { EscalationsStore } from '../escalations/escalations.store';
import { decisionView, type StoredDecision } from './decision';
import { DecisionEngine, type DecidedAnalysis } from './decision-engine';
import { DecisionsStore } from './decisions.store';
import { escalationOf } from './escalation-of';

/** Decides on a finished analysis and records it: the decision, its event, the escalation it asks for, and the actions that were suggested. */
@Injectable()
export class DecisionRecord {
  constructor(
    private readonly engine: DecisionEngine,
    private readonly decisions: DecisionsStore,
    private readonly suggestions: SuggestionRecord,
    private readonly escalations: EscalationsStore,
    private readonly outbox: Outbox,
  ) {}

  /** `result` is null when the analysis failed. Errors: a unique violation when this run of the analysis has a decision already. */
  async decide(
    tx: EntityManager,
    analysis: SuggestingAnalysis & DecidedAnalysis,
    result: AnalysisResult | null,
  ): Promise<StoredDecision> {
    const decision = await this.engine.decide(tx, analysis, result);
    await this.decisions.insert(tx, decision);
    if (decision.incidentId) {
      await this.outbox.add(tx, decisionMade, { incident_id: decision.incidentId, decision: decisionView(decision) });
    }
    if (decision.escalationRequired) await this.escalations.raise(tx, escalationOf(decision, analysis.alertId));
    const isResolving = decision.action === 'auto_resolve';
    if (result) await this.suggestions.record(tx, { analysis, result, isResolving });
    return decision;
  }
}
