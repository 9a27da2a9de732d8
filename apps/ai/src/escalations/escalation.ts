import type { EscalationView, Priority } from '@alertagent/contracts';

/** A call for people. */
export interface Escalation {
  id: string;
  /** Makes a repeated request the same request; unique. */
  requestKey: string;
  alertId: string;
  incidentId: string | null;
  escalationType: string;
  targetTeam: string | null;
  priority: Priority;
  reason: string | null;
  /** What the asking workflow wanted kept; never interpreted. */
  analysis: object | null;
  requestedBy: string;
  createdAt: Date;
}

/** An escalation as others see it. */
export function escalationView(escalation: Escalation): EscalationView {
  return {
    id: escalation.id,
    alert_id: escalation.alertId,
    incident_id: escalation.incidentId,
    escalation_type: escalation.escalationType,
    target_team: escalation.targetTeam,
    priority: escalation.priority,
    reason: escalation.reason,
    analysis: escalation.analysis,
    requested_by: escalation.requestedBy,
    created_at: escalation.createdAt.toISOString(),
  };
}
