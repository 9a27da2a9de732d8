import { epochMs, json } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';

/** What a workflow that was started may cite, until its analysis is over. */
export interface WorkflowEvidence {
  analysisId: string;
  /** Evidence items, as they were. */
  items: object[];
  createdAt: Date;
}

export const workflowEvidenceEntity = new EntitySchema<WorkflowEvidence>({
  name: 'workflow_evidence',
  columns: {
    analysisId: { name: 'analysis_id', type: 'varchar', length: 36, primary: true },
    items: { type: 'longtext', transformer: json<object[]>() },
    createdAt: { name: 'created_at', type: 'bigint', transformer: epochMs },
  },
});
