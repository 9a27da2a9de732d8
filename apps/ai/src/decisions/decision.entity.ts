import type { DecisionInput, DecisionRule, DecisionThresholds } from '@alertagent/alerting';
import { epochMs, json } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';
import type { StoredDecision } from './decision';

export const decisionEntity = new EntitySchema<StoredDecision>({
  name: 'decisions',
  columns: {
    id: { type: 'varchar', length: 36, primary: true },
    analysisId: { name: 'analysis_id', type: 'varchar', length: 36 },
    run: { type: 'int', default: 0 },
    incidentId: { name: 'incident_id', type: 'varchar', length: 100, nullable: true },
    action: { type: 'varchar', length: 30 },
    reason: { type: 'longtext' },
    priority: { type: 'varchar', length: 20 },
    escalationRequired: { name: 'escalation_required', type: 'boolean' },
    targetTeam: { name: 'target_team', type: 'varchar', length: 200, nullable: true },
    policyVersion: { name: 'policy_version', type: 'varchar', length: 64 },
    inputs: { type: 'longtext', transformer: json<DecisionInput>() },
    thresholds: { type: 'longtext', transformer: json<DecisionThresholds>() },
    rules: { type: 'longtext', nullable: true, transformer: json<DecisionRule[]>() },
    decidedAt: { name: 'decided_at', type: 'bigint', transformer: epochMs },
  },
  indices: [
    { name: 'UQ_decisions_run', columns: ['analysisId', 'run'], unique: true },
    { name: 'IX_decisions_incident', columns: ['incidentId', 'id'] },
  ],
});
