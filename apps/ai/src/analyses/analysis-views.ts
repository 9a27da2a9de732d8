import type { AnalysisView } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { decisionView, type StoredDecision } from '../decisions/decision';
import { isOver, type Analysis } from './analysis';
import { EnginePolicy } from './engine-policy';

/** Analyses as others see them. */
@Injectable()
export class AnalysisViews {
  constructor(private readonly policy: EnginePolicy) {}

  of(analysis: Analysis, decision: StoredDecision | null): AnalysisView {
    return {
      analysis_id: analysis.id,
      status: analysis.status,
      incident_id: analysis.incidentId,
      alert_id: analysis.alertId,
      workflow: analysis.workflow,
      workflow_reason: analysis.workflowReason,
      engine: analysis.engine,
      fallback_reason: analysis.fallbackReason,
      result: analysis.result,
      decision: decision && decisionView(decision),
      error: analysis.error,
      created_at: analysis.createdAt.toISOString(),
      completed_at: analysis.completedAt?.toISOString() ?? null,
      estimated_completion: isOver(analysis) ? null : this.policy.expectedBy(analysis).toISOString(),
    };
  }
}
