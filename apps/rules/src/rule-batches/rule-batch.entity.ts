import type { Actor, RuleBatchOperation, RuleTarget } from '@alertagent/contracts';
import { epochMs, json } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';

/** What a batch does to each of its rules. */
export interface BatchTerms {
  targets: RuleTarget[] | null;
  /** The clusters that `targets` named when the batch was made: id → name. */
  pinned: Record<string, string>;
  setLabels: Record<string, string> | null;
  removeLabels: string[] | null;
}

/** One operation on many rules. It is under way until `finishedAt` is set. */
export interface StoredBatch {
  id: string;
  operation: RuleBatchOperation;
  terms: BatchTerms;
  actor: Actor;
  reason: string | null;
  total: number;
  createdAt: Date;
  finishedAt: Date | null;
}

export const ruleBatchEntity = new EntitySchema<StoredBatch>({
  name: 'rule_batches',
  columns: {
    id: { type: 'varchar', length: 36, primary: true },
    operation: { type: 'varchar', length: 20 },
    terms: { type: 'longtext', transformer: json<BatchTerms>() },
    actor: { type: 'longtext', transformer: json<Actor>() },
    reason: { type: 'varchar', length: 500, nullable: true },
    total: { type: 'int' },
    createdAt: { name: 'created_at', type: 'bigint', transformer: epochMs },
    finishedAt: { name: 'finished_at', type: 'bigint', nullable: true, transformer: epochMs },
  },
  indices: [{ name: 'IX_rule_batches_finished', columns: ['finishedAt'] }],
});
