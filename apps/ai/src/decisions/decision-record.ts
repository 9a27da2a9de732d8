import { decisionMade, type AnalysisResult } from '@alertagent/contracts';
import { Outbox } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { EscalationsStore } from '../escalations/escalations.store';
import { decisionView, type StoredDecision } from './decision';
import { DecisionEngine } from './decision-engine';
import { DecisionsStore } from './decisions.store';
import { escalationOf } from './escalation-of';

/** Decides on a finished analysis and records it: the decision, its event, and the escalation it asks for. */
@Injectable()
export class DecisionRecord {
  constructor(
    private readonly engine: DecisionEngine,
    private readonly decisions: DecisionsStore,
    private readonly escalations: EscalationsStore,
    private readonly outbox: Outbox,
  ) {}

  /** `result` is null when the analysis failed. Errors: a unique violation when the analysis has a decision already. */
  async decide(
    tx: EntityManager,
    analysis: { id: string; incidentId: string | null; alertId: string },
    result: AnalysisResult | null,
  ): Promise<StoredDecision> {
    const decision = this.engine.decide(analysis, result);
    await this.decisions.insert(tx, decision);
    if (decision.incidentId) {
      await this.outbox.add(tx, decisionMade, { incident_id: decision.incidentId, decision: decisionView(decision) });
    }
    if (decision.escalationRequired) await this.escalations.raise(tx, escalationOf(decision, analysis.alertId));
    return decision;
  }
}
