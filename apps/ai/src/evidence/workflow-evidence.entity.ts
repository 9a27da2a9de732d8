import { epochMs, json } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';
import type { WorkflowEvidence } from './workflow-evidence';

export const workflowEvidenceEntity = new EntitySchema<WorkflowEvidence>({
  name: 'workflow_evidence',
  columns: {
    analysisId: { name: 'analysis_id', type: 'varchar', length: 36, primary: true },
    items: { type: 'longtext', transformer: json<object[]>() },
    createdAt: { name: 'created_at', type: 'bigint', transformer: epochMs },
  },
});
