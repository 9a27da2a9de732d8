import { epochMs, json } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';
import type { Escalation } from './escalation';

export const escalationEntity = new EntitySchema<Escalation>({
  name: 'escalations',
  columns: {
    id: { type: 'varchar', length: 36, primary: true },
    requestKey: { name: 'request_key', type: 'varchar', length: 64 },
    alertId: { name: 'alert_id', type: 'varchar', length: 100 },
    incidentId: { name: 'incident_id', type: 'varchar', length: 100, nullable: true },
    escalationType: { name: 'escalation_type', type: 'varchar', length: 100 },
    targetTeam: { name: 'target_team', type: 'varchar', length: 200, nullable: true },
    priority: { type: 'varchar', length: 20 },
    reason: { type: 'longtext', nullable: true },
    analysis: { type: 'longtext', nullable: true, transformer: json<object>() },
    requestedBy: { name: 'requested_by', type: 'varchar', length: 200 },
    createdAt: { name: 'created_at', type: 'bigint', transformer: epochMs },
  },
  indices: [
    { name: 'UQ_escalations_request', columns: ['requestKey'], unique: true },
    { name: 'IX_escalations_incident', columns: ['incidentId', 'id'] },
    { name: 'IX_escalations_alert', columns: ['alertId', 'id'] },
  ],
});
