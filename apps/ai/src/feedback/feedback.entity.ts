import { epochMs } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';
import type { Feedback } from './feedback';

export const feedbackEntity = new EntitySchema<Feedback>({
  name: 'analysis_feedback',
  columns: {
    id: { type: 'varchar', length: 36, primary: true },
    analysisId: { name: 'analysis_id', type: 'varchar', length: 36 },
    incidentId: { name: 'incident_id', type: 'varchar', length: 100, nullable: true },
    rating: { type: 'varchar', length: 10 },
    correction: { type: 'longtext', nullable: true },
    personId: { name: 'person_id', type: 'varchar', length: 64 },
    person: { type: 'varchar', length: 200 },
    createdAt: { name: 'created_at', type: 'bigint', transformer: epochMs },
    updatedAt: { name: 'updated_at', type: 'bigint', transformer: epochMs },
  },
  indices: [
    { name: 'UQ_analysis_feedback_person', columns: ['analysisId', 'personId'], unique: true },
    { name: 'IX_analysis_feedback_updated', columns: ['updatedAt'] },
  ],
});
