import type { Actor, BacktestState } from '@alertagent/contracts';
import { epochMs, json } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';
import type { BacktestOutcome, BacktestSpec } from './backtest-spec';

/** A backtest. While it runs it belongs to whoever has its lease. */
export interface StoredBacktest {
  id: string;
  /** The first rule's, when that is a stored one. */
  ruleId: string | null;
  state: BacktestState;
  spec: BacktestSpec;
  author: Actor;
  error: string | null;
  outcome: BacktestOutcome | null;
  /** How often the rule is evaluated; null until it is known. */
  intervalMs: number | null;
  /** Evaluations are at the times at which the source evaluates the group. */
  isInStep: boolean;
  done: number;
  total: number;
  /** How often somebody began with it. */
  attempts: number;
  leaseToken: string | null;
  leaseUntil: Date | null;
  createdAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
}

export const backtestEntity = new EntitySchema<StoredBacktest>({
  name: 'backtests',
  columns: {
    id: { type: 'varchar', length: 36, primary: true },
    ruleId: { name: 'rule_id', type: 'varchar', length: 36, nullable: true },
    state: { type: 'varchar', length: 20 },
    spec: { type: 'longtext', transformer: json<BacktestSpec>() },
    author: { type: 'longtext', transformer: json<Actor>() },
    error: { type: 'longtext', nullable: true },
    outcome: { type: 'longtext', nullable: true, transformer: json<BacktestOutcome>() },
    intervalMs: { name: 'interval_ms', type: 'int', nullable: true },
    isInStep: { name: 'in_step', type: 'boolean' },
    done: { name: 'evaluations_done', type: 'int' },
    total: { name: 'evaluations_total', type: 'int' },
    attempts: { type: 'int' },
    leaseToken: { name: 'lease_token', type: 'varchar', length: 36, nullable: true },
    leaseUntil: { name: 'lease_until', type: 'bigint', nullable: true, transformer: epochMs },
    createdAt: { name: 'created_at', type: 'bigint', transformer: epochMs },
    startedAt: { name: 'started_at', type: 'bigint', nullable: true, transformer: epochMs },
    endedAt: { name: 'ended_at', type: 'bigint', nullable: true, transformer: epochMs },
  },
  indices: [
    { name: 'IX_backtests_state', columns: ['state', 'id'] },
    { name: 'IX_backtests_rule', columns: ['ruleId', 'id'] },
  ],
});
