import { decide, type DecisionInput, type DecisionPolicy } from '@alertagent/alerting';
import type { AlertSnapshot, AnalysisResult } from '@alertagent/contracts';
import { Clock, newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { StoredDecision } from './decision';
import { DecisionPoliciesStore } from './decision-policies.store';

/** An analysis as far as decisions look at it. */
export interface DecidedAnalysis {
  id: string;
  incidentId: string | null;
  clusterName: string;
  /** How often it was replayed. */
  replays: number;
  alert: AlertSnapshot;
}

/** Turns what an analysis found into a decision, by the current policy. It decides; it never acts. */
@Injectable()
export class DecisionEngine {
  constructor(
    private readonly policies: DecisionPoliciesStore,
    private readonly clock: Clock,
  ) {}

  /** The policy that decides now. */
  policy(tx: EntityManager): Promise<DecisionPolicy> {
    return this.policies.current(tx);
  }

  /** `result` is null when the analysis failed: nothing is known then, so people are called. */
  decide(
    policy: DecisionPolicy,
    { id, incidentId, clusterName, alert, replays }: DecidedAnalysis,
    result: AnalysisResult | null,
  ): StoredDecision {
    const inputs: DecisionInput = {
      severity_score: result?.severity_score ?? null,
      confidence: result?.confidence ?? null,
      suggested_actions: result?.suggested_actions ?? [],
      recommended_team: result?.recommended_team ?? null,
      alert: { name: alert.name, severity: alert.severity ?? null, cluster: clusterName, labels: alert.labels },
    };
    const decision = decide(inputs, policy);
    return {
      id: newId(),
      analysisId: id,
      run: replays,
      incidentId,
      action: decision.action,
      reason: decision.reason,
      priority: decision.priority,
      escalationRequired: decision.escalation_required,
      targetTeam: decision.target_team,
      policyVersion: decision.policy_version,
      inputs,
      thresholds: policy.thresholds,
      rules: [...policy.rules],
      decidedAt: this.clock.now(),
    };
  }
}
