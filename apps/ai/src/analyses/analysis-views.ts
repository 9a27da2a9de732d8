import type { AnalysisView, ModelUsage } from '@alertagent/contracts';
import { Clock } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { ModelCall } from '../budget/model-call';
import { ModelCallsStore } from '../budget/model-calls.store';
import { usageOf } from '../budget/model-usage';
import { decisionView, type StoredDecision } from '../decisions/decision';
import { isOver, type Analysis } from './analysis';
import { EnginePolicy } from './engine-policy';

/** Analyses as others see them. */
@Injectable()
export class AnalysisViews {
  constructor(
    private readonly policy: EnginePolicy,
    private readonly calls: ModelCallsStore,
    private readonly clock: Clock,
  ) {}

  /** What models took for these analyses; those that none was asked for are left out. */
  async usages(manager: EntityManager, ids: readonly string[]): Promise<ReadonlyMap<string, ModelUsage>> {
    const calls = await this.calls.ofAnalyses(manager, ids);
    const now = this.clock.now();
    const asked = new Set(calls.map(({ analysisId }) => analysisId));
    const callsOf = (id: string): ModelCall[] => calls.filter(({ analysisId }) => analysisId === id);
    return new Map([...asked].map((id) => [id, usageOf(callsOf(id), now)]));
  }

  of(analysis: Analysis, decision: StoredDecision | null, usage: ModelUsage | null = null): AnalysisView {
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
      usage,
      error: analysis.error,
      created_at: analysis.createdAt.toISOString(),
      completed_at: analysis.completedAt?.toISOString() ?? null,
      estimated_completion: isOver(analysis) ? null : this.policy.expectedBy(analysis).toISOString(),
    };
  }
}
