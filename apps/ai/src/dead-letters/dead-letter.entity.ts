import { epochMs } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';
import type { DeadLetter } from './dead-letter';

export const deadLetterEntity = new EntitySchema<DeadLetter>({
  name: 'dead_letters',
  columns: {
    id: { type: 'varchar', length: 36, primary: true },
    analysisId: { name: 'analysis_id', type: 'varchar', length: 36 },
    incidentId: { name: 'incident_id', type: 'varchar', length: 100, nullable: true },
    alertId: { name: 'alert_id', type: 'varchar', length: 100 },
    workflow: { type: 'varchar', length: 200 },
    kind: { type: 'varchar', length: 20 },
    reason: { type: 'longtext' },
    attempts: { type: 'int' },
    lastError: { name: 'last_error', type: 'longtext', nullable: true },
    createdAt: { name: 'created_at', type: 'bigint', transformer: epochMs },
  },
  indices: [
    { name: 'UQ_dead_letters_analysis', columns: ['analysisId'], unique: true },
    { name: 'IX_dead_letters_workflow', columns: ['workflow', 'id'] },
    { name: 'IX_dead_letters_kind', columns: ['kind', 'id'] },
    { name: 'IX_dead_letters_created', columns: ['createdAt', 'id'] },
  ],
});
