import type { ActionTarget } from '@alertagent/contracts';
import { epochMs, json } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';
import type { RequestedAction } from './action';

export const actionEntity = new EntitySchema<RequestedAction>({
  name: 'automation_actions',
  columns: {
    id: { type: 'varchar', length: 36, primary: true },
    requestKey: { name: 'request_key', type: 'varchar', length: 64 },
    actionType: { name: 'action_type', type: 'varchar', length: 100 },
    alertId: { name: 'alert_id', type: 'varchar', length: 100, nullable: true },
    incidentId: { name: 'incident_id', type: 'varchar', length: 100, nullable: true },
    target: { type: 'longtext', nullable: true, transformer: json<ActionTarget>() },
    parameters: { type: 'longtext', nullable: true, transformer: json<object>() },
    executionStatus: { name: 'execution_status', type: 'varchar', length: 30 },
    dryRun: { name: 'dry_run', type: 'boolean' },
    reason: { type: 'longtext', nullable: true },
    requestedBy: { name: 'requested_by', type: 'varchar', length: 200 },
    createdAt: { name: 'created_at', type: 'bigint', transformer: epochMs },
  },
  indices: [
    { name: 'UQ_automation_actions_request', columns: ['requestKey'], unique: true },
    { name: 'IX_automation_actions_incident', columns: ['incidentId', 'id'] },
    { name: 'IX_automation_actions_alert', columns: ['alertId', 'id'] },
  ],
});
