import { decide, type DecisionInput, type DecisionThresholds } from '@alertagent/alerting';
import type { AnalysisResult } from '@alertagent/contracts';
import { AlertAgentConfig, Clock, newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { StoredDecision } from './decision';

/** Turns what an analysis found into a decision, with the configured thresholds. It decides; it never acts. */
@Injectable()
export class DecisionEngine {
  private readonly thresholds: DecisionThresholds;

  constructor(
    config: AlertAgentConfig,
    private readonly clock: Clock,
  ) {
    const settings = config.ai.decision;
    this.thresholds = {
      auto_resolve_below_severity: settings.auto_resolve_max_severity,
      auto_resolve_above_confidence: settings.auto_resolve_min_confidence,
      escalate_above_severity: settings.escalate_min_severity,
      escalate_below_confidence: settings.escalate_max_confidence,
      high_priority_above_severity: settings.high_priority_min_severity,
      routed_escalation_above_severity: settings.routed_escalation_min_severity,
      default_team: settings.default_team,
    };
  }

  /** `result` is null when the analysis failed: nothing is known then, so people are called. */
  decide(analysis: { id: string; incidentId: string | null }, result: AnalysisResult | null): StoredDecision {
    const inputs: DecisionInput = {
      severity_score: result?.severity_score ?? null,
      confidence: result?.confidence ?? null,
      suggested_actions: result?.suggested_actions ?? [],
      recommended_team: result?.recommended_team ?? null,
    };
    const decision = decide(inputs, this.thresholds);
    return {
      id: newId(),
      analysisId: analysis.id,
      incidentId: analysis.incidentId,
      action: decision.action,
      reason: decision.reason,
      priority: decision.priority,
      escalationRequired: decision.escalation_required,
      targetTeam: decision.target_team,
      policyVersion: decision.policy_version,
      inputs,
      thresholds: this.thresholds,
      decidedAt: this.clock.now(),
    };
  }
}
