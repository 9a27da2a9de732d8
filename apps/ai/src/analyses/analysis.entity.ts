import type { AlertSnapshot, AnalysisContext, AnalysisResult } from '@alertagent/contracts';
import { epochMs, json } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';
import type { Analysis } from './analysis';

export const analysisEntity = new EntitySchema<Analysis>({
  name: 'ai_analysis_records',
  columns: {
    id: { type: 'varchar', length: 36, primary: true },
    incidentId: { name: 'incident_id', type: 'varchar', length: 100, nullable: true },
    triggerKey: { name: 'trigger_key', type: 'varchar', length: 64 },
    alertId: { name: 'alert_id', type: 'varchar', length: 100 },
    clusterId: { name: 'cluster_id', type: 'varchar', length: 100 },
    clusterName: { name: 'cluster_name', type: 'varchar', length: 200 },
    alert: { type: 'longtext', transformer: json<AlertSnapshot>() },
    context: { type: 'longtext', nullable: true, transformer: json<AnalysisContext>() },
    priority: { type: 'int', nullable: true },
    workflow: { type: 'varchar', length: 200 },
    workflowReason: { name: 'workflow_reason', type: 'longtext' },
    engine: { type: 'varchar', length: 20, nullable: true },
    fallbackReason: { name: 'fallback_reason', type: 'longtext', nullable: true },
    status: { type: 'varchar', length: 20 },
    attempts: { type: 'int' },
    lane: { type: 'varchar', length: 200, default: '' },
    replays: { type: 'int', default: 0 },
    leaseToken: { name: 'lease_token', type: 'varchar', length: 36, nullable: true },
    dueAt: { name: 'due_at', type: 'bigint', nullable: true, transformer: epochMs },
    deadline: { type: 'bigint', nullable: true, transformer: epochMs },
    result: { type: 'longtext', nullable: true, transformer: json<AnalysisResult>() },
    error: { type: 'longtext', nullable: true },
    reportHash: { name: 'report_hash', type: 'varchar', length: 64, nullable: true },
    createdAt: { name: 'created_at', type: 'bigint', transformer: epochMs },
    completedAt: { name: 'completed_at', type: 'bigint', nullable: true, transformer: epochMs },
  },
  indices: [
    { name: 'UQ_ai_analysis_records_trigger', columns: ['incidentId', 'triggerKey'], unique: true },
    { name: 'IX_ai_analysis_records_due', columns: ['dueAt'] },
    { name: 'IX_ai_analysis_records_lane', columns: ['lane', 'status', 'dueAt'] },
    { name: 'IX_ai_analysis_records_alert', columns: ['alertId', 'id'] },
    { name: 'IX_ai_analysis_records_status', columns: ['status', 'id'] },
    { name: 'IX_ai_analysis_records_completed', columns: ['completedAt'] },
  ],
});
