import type { ActionTarget, ActionView } from '@alertagent/contracts';

/** A request to act on a system. It is a record and nothing else: no code path from here runs anything. */
export interface RequestedAction {
  id: string;
  /** Makes a repeated request the same request; unique. */
  requestKey: string;
  actionType: string;
  alertId: string | null;
  incidentId: string | null;
  target: ActionTarget | null;
  parameters: object | null;
  executionStatus: 'pending_approval' | 'rejected';
  dryRun: boolean;
  reason: string | null;
  requestedBy: string;
  createdAt: Date;
}

/** An action as others see it. */
export function actionView(action: RequestedAction): ActionView {
  return {
    id: action.id,
    action_type: action.actionType,
    alert_id: action.alertId,
    incident_id: action.incidentId,
    target: action.target,
    parameters: action.parameters,
    execution_status: action.executionStatus,
    dry_run: action.dryRun,
    reason: action.reason,
    requested_by: action.requestedBy,
    created_at: action.createdAt.toISOString(),
  };
}
