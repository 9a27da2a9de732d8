import type { RuleBatchDetail, RuleBatchView } from '@alertagent/contracts';
import type { StoredBatchItem } from './rule-batch-item.entity';
import type { StoredBatch } from './rule-batch.entity';
import type { ItemCounts } from './rule-batches.store';

/** A batch as the API shows it. */
export function batchView(batch: StoredBatch, counts: ItemCounts): RuleBatchView {
  return {
    id: batch.id,
    operation: batch.operation,
    state: batch.finishedAt ? 'finished' : 'running',
    total: batch.total,
    ...counts,
    targets: batch.terms.targets,
    set_labels: batch.terms.setLabels,
    remove_labels: batch.terms.removeLabels,
    reason: batch.reason,
    actor: batch.actor,
    created_at: batch.createdAt.toISOString(),
    finished_at: batch.finishedAt?.toISOString() ?? null,
  };
}

/** A batch with the result of each rule. */
export function batchDetail(batch: StoredBatch, items: readonly StoredBatchItem[]): RuleBatchDetail {
  const counts = { waiting: 0, done: 0, unchanged: 0, failed: 0 };
  for (const { status } of items) counts[status] += 1;
  return {
    ...batchView(batch, counts),
    items: items.map(({ ruleId, status, version, error }) => ({ rule_id: ruleId, status, version, error })),
  };
}
