import type { ActionCall } from './action-executor';

/** What is posted to whoever carries an action out; the names of the original design, and what identifies the action. */
export function actionBody(
  { id, entry, target, parameters, ...call }: ActionCall,
  operation: 'execute' | 'undo',
): object {
  return {
    action_id: id,
    operation,
    action_type: entry.id,
    target,
    parameters,
    incident_id: call.incidentId,
    alert_id: call.alertId,
    requested_by: call.requestedBy,
    approved_by: call.approvedBy,
  };
}
