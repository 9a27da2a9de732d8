import { createHash } from 'node:crypto';
import { newId } from '@alertagent/service-kit';
import type { Escalation } from '../escalations/escalation';
import type { StoredDecision } from './decision';

/** The call for people that a decision asks for; the same decision always has the same request key. */
export function escalationOf(decision: StoredDecision, alertId: string): Escalation {
  return {
    id: newId(),
    requestKey: createHash('sha256').update(keyOf(decision)).digest('hex'),
    alertId,
    incidentId: decision.incidentId,
    escalationType: decision.action,
    targetTeam: decision.targetTeam,
    priority: decision.priority,
    reason: decision.reason,
    analysis: null,
    requestedBy: 'decision',
    createdAt: decision.decidedAt,
  };
}

const keyOf = ({ analysisId, run }: StoredDecision): string =>
  run === 0 ? `decision ${analysisId}` : `decision ${analysisId} ${run}`;
