import type { ActionParameters, ActionPlan, ActionTarget } from '@alertagent/alerting';
import { epochMs, json } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';
import type { ActionStep, RequestedAction } from './action';

const time = { type: 'bigint', nullable: true, transformer: epochMs } as const;

export const actionEntity = new EntitySchema<RequestedAction>({
  name: 'automation_actions',
  columns: {
    id: { type: 'varchar', length: 36, primary: true },
    requestKey: { name: 'request_key', type: 'varchar', length: 64 },
    revision: { type: 'int', default: 0 },
    actionType: { name: 'action_type', type: 'varchar', length: 100 },
    alertId: { name: 'alert_id', type: 'varchar', length: 100, nullable: true },
    incidentId: { name: 'incident_id', type: 'varchar', length: 100, nullable: true },
    target: { type: 'longtext', nullable: true, transformer: json<ActionTarget>() },
    parameters: { type: 'longtext', nullable: true, transformer: json<ActionParameters>() },
    executionStatus: { name: 'execution_status', type: 'varchar', length: 30 },
    dryRun: { name: 'dry_run', type: 'boolean' },
    reason: { type: 'longtext', nullable: true },
    origin: { type: 'varchar', length: 20, nullable: true },
    suggestionId: { name: 'suggestion_id', type: 'varchar', length: 36, nullable: true },
    requestedBy: { name: 'requested_by', type: 'varchar', length: 200 },
    requestedById: { name: 'requested_by_id', type: 'varchar', length: 64, nullable: true },
    cluster: { type: 'varchar', length: 100, nullable: true },
    targetKey: { name: 'target_key', type: 'varchar', length: 64, nullable: true },
    plan: { type: 'longtext', nullable: true, transformer: json<ActionPlan>() },
    approvalHash: { name: 'approval_hash', type: 'varchar', length: 64, nullable: true },
    approvedBy: { name: 'approved_by', type: 'varchar', length: 200, nullable: true },
    approvedById: { name: 'approved_by_id', type: 'varchar', length: 64, nullable: true },
    expiresAt: { name: 'expires_at', ...time },
    leaseToken: { name: 'lease_token', type: 'varchar', length: 36, nullable: true },
    dueAt: { name: 'due_at', ...time },
    attempts: { type: 'int', default: 0 },
    executionResult: { name: 'execution_result', type: 'longtext', nullable: true, transformer: json<object>() },
    errorMessage: { name: 'error_message', type: 'longtext', nullable: true },
    startedAt: { name: 'started_at', ...time },
    finishedAt: { name: 'finished_at', ...time },
    checkUntil: { name: 'check_until', ...time },
    steps: { type: 'longtext', nullable: true, transformer: json<ActionStep[]>() },
    createdAt: { name: 'created_at', type: 'bigint', transformer: epochMs },
    updatedAt: { name: 'updated_at', ...time },
  },
  indices: [
    { name: 'UQ_automation_actions_request', columns: ['requestKey'], unique: true },
    { name: 'IX_automation_actions_incident', columns: ['incidentId', 'id'] },
    { name: 'IX_automation_actions_alert', columns: ['alertId', 'id'] },
    { name: 'IX_automation_actions_due', columns: ['dueAt'] },
    { name: 'IX_automation_actions_status', columns: ['executionStatus', 'id'] },
    { name: 'IX_automation_actions_begun', columns: ['actionType', 'startedAt'] },
  ],
});
