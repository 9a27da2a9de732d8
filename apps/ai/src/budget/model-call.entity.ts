import { bigintNumber, epochMs } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';
import type { ModelCall } from './model-call';

export const modelCallEntity = new EntitySchema<ModelCall>({
  name: 'model_calls',
  columns: {
    id: { type: 'varchar', length: 36, primary: true },
    analysisId: { name: 'analysis_id', type: 'varchar', length: 36 },
    scopeId: { name: 'scope_id', type: 'varchar', length: 100 },
    day: { name: 'day_utc', type: 'varchar', length: 10 },
    provider: { type: 'varchar', length: 20 },
    app: { type: 'varchar', length: 200 },
    state: { type: 'varchar', length: 20 },
    outcome: { type: 'varchar', length: 20, nullable: true },
    reason: { type: 'longtext', nullable: true },
    inputTokens: { name: 'input_tokens', type: 'bigint', transformer: bigintNumber },
    outputTokens: { name: 'output_tokens', type: 'bigint', transformer: bigintNumber },
    costMicros: { name: 'cost_micros', type: 'bigint', transformer: bigintNumber },
    ms: { type: 'bigint', transformer: bigintNumber },
    isEstimated: { name: 'is_estimated', type: 'boolean' },
    messageId: { name: 'message_id', type: 'varchar', length: 100, nullable: true },
    deadline: { type: 'bigint', transformer: epochMs },
    createdAt: { name: 'created_at', type: 'bigint', transformer: epochMs },
    settledAt: { name: 'settled_at', type: 'bigint', nullable: true, transformer: epochMs },
  },
  indices: [
    { name: 'IX_model_calls_day', columns: ['day'] },
    { name: 'IX_model_calls_scope', columns: ['scopeId'] },
    { name: 'IX_model_calls_analysis', columns: ['analysisId'] },
  ],
});

/** The one row that whoever sets something aside writes to: the write is the lock that lets them do so one after the other. */
export interface BudgetLock {
  id: number;
  turns: number;
}

export const budgetLockEntity = new EntitySchema<BudgetLock>({
  name: 'model_budget_lock',
  columns: { id: { type: 'int', primary: true }, turns: { type: 'int' } },
});
