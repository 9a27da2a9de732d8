import type { RuleBatchItemState } from '@alertagent/contracts';
import { json } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';

/** Why an item failed. */
export interface ItemError {
  code: string;
  detail: string;
  pointer: string | null;
}

/** One rule of a batch. Its status is written in the transaction of the change, so that it says what is so. */
export interface StoredBatchItem {
  batchId: string;
  position: number;
  ruleId: string;
  status: RuleBatchItemState;
  /** The rule's version afterwards. */
  version: number | null;
  error: ItemError | null;
}

export const ruleBatchItemEntity = new EntitySchema<StoredBatchItem>({
  name: 'rule_batch_items',
  columns: {
    batchId: { name: 'batch_id', type: 'varchar', length: 36, primary: true },
    position: { type: 'int', primary: true },
    ruleId: { name: 'rule_id', type: 'varchar', length: 36 },
    status: { type: 'varchar', length: 20 },
    version: { type: 'int', nullable: true },
    error: { type: 'longtext', nullable: true, transformer: json<ItemError>() },
  },
  indices: [{ name: 'IX_rule_batch_items_status', columns: ['batchId', 'status', 'position'] }],
});
