import type { ActionParameters, ActionTarget, Gate } from '@alertagent/alerting';
import { epochMs, json } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';
import type { Suggestion } from './suggestion';

export const suggestionEntity = new EntitySchema<Suggestion>({
  name: 'action_suggestions',
  columns: {
    id: { type: 'varchar', length: 36, primary: true },
    analysisId: { name: 'analysis_id', type: 'varchar', length: 36 },
    incidentId: { name: 'incident_id', type: 'varchar', length: 100, nullable: true },
    alertId: { name: 'alert_id', type: 'varchar', length: 100 },
    rule: { type: 'varchar', length: 200 },
    actionType: { name: 'action_type', type: 'varchar', length: 100 },
    target: { type: 'longtext', nullable: true, transformer: json<ActionTarget>() },
    parameters: { type: 'longtext', nullable: true, transformer: json<ActionParameters>() },
    confidence: { type: 'double', nullable: true },
    outlook: { type: 'varchar', length: 20 },
    closedGates: { name: 'closed_gates', type: 'longtext', transformer: json<Gate[]>() },
    reason: { type: 'longtext' },
    actionId: { name: 'action_id', type: 'varchar', length: 36, nullable: true },
    wasRight: { name: 'was_right', type: 'boolean', nullable: true },
    shownBy: { name: 'shown_by', type: 'varchar', length: 20, nullable: true },
    shownAt: { name: 'shown_at', type: 'bigint', nullable: true, transformer: epochMs },
    createdAt: { name: 'created_at', type: 'bigint', transformer: epochMs },
  },
  indices: [
    { name: 'UQ_action_suggestions_action', columns: ['analysisId', 'actionType'], unique: true },
    { name: 'IX_action_suggestions_record', columns: ['rule', 'actionType', 'shownAt'] },
    { name: 'IX_action_suggestions_shown', columns: ['shownAt'] },
    { name: 'IX_action_suggestions_incident', columns: ['incidentId', 'id'] },
  ],
});
